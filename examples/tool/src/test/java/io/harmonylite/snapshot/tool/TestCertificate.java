package io.harmonylite.snapshot.tool;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;

/**
 * A certificate that signs itself, made by Java's keytool.
 *
 * @param certificate file with the certificate (PEM)
 * @param key file with the private key (PEM)
 */
record TestCertificate(Path certificate, Path key) {

    /** Creates a certificate for the local host. */
    static TestCertificate create(Path directory, String name, String algorithm) throws Exception {
        Path store = directory.resolve(name + ".p12");
        String[] command = {
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            "a",
            "-keyalg",
            algorithm,
            "-dname",
            "CN=" + name,
            "-ext",
            "san=ip:127.0.0.1",
            "-keystore",
            store.toString(),
            "-storetype",
            "PKCS12",
            "-storepass",
            "changeit"
        };
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IOException(output);
        }
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, "changeit".toCharArray());
        }
        byte[] key = keys.getKey("a", "changeit".toCharArray()).getEncoded();
        return new TestCertificate(
                write(
                        directory,
                        name + ".crt",
                        "CERTIFICATE",
                        keys.getCertificate("a").getEncoded()),
                write(directory, name + ".key", "PRIVATE KEY", key));
    }

    private static Path write(Path directory, String file, String type, byte[] bytes) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return Files.writeString(
                directory.resolve(file), "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
    }
}
