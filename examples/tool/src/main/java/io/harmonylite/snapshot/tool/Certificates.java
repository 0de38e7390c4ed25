package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.store.StoreAccessException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Reads certificates and keys in the PEM form of other NATS clients. */
final class Certificates {

    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----(.*?)-----END PRIVATE KEY-----", Pattern.DOTALL);

    private Certificates() {}

    /**
     * Returns a context for TLS.
     *
     * @param authorities certificates to trust; null for those that Java trusts
     * @param certificate certificate to present, with its chain, or null
     * @param key private key of the certificate, or null
     */
    static SSLContext context(@Nullable Path authorities, @Nullable Path certificate, @Nullable Path key)
            throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                certificate == null || key == null ? null : identity(certificate, key),
                authorities == null ? null : trust(authorities),
                null);
        return authorities == null && certificate == null ? SSLContext.getDefault() : context;
    }

    private static TrustManager[] trust(Path authorities) throws IOException, GeneralSecurityException {
        KeyStore store = empty();
        for (Certificate authority : read(authorities)) {
            store.setCertificateEntry(Integer.toString(store.size()), authority);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyManager[] identity(Path certificate, Path key) throws IOException, GeneralSecurityException {
        KeyStore store = empty();
        char[] password = new char[0];
        store.setKeyEntry("client", privateKey(key), password, read(certificate).toArray(Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, password);
        return factory.getKeyManagers();
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static List<Certificate> read(Path file) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            List<Certificate> certificates =
                    List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in));
            if (certificates.isEmpty()) {
                throw new CertificateException("there is none");
            }
            return certificates;
        } catch (CertificateException e) {
            throw new StoreAccessException(file + " holds no certificate in PEM form: " + e.getMessage(), e);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        Matcher matcher = PKCS8.matcher(text);
        if (matcher.find()) {
            PKCS8EncodedKeySpec encoded =
                    new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(matcher.group(1)));
            for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
                PrivateKey found = privateKey(algorithm, encoded);
                if (found != null) {
                    return found;
                }
            }
        }
        throw new StoreAccessException(file
                + " holds no private key that can be used; convert it by: openssl pkcs8 -topk8 -nodes -in " + file);
    }

    private static @Nullable PrivateKey privateKey(String algorithm, PKCS8EncodedKeySpec encoded)
            throws GeneralSecurityException {
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
        } catch (InvalidKeySpecException e) {
            return null; // A key of another algorithm.
        }
    }

    private static StoreAccessException unreadable(Path file, IOException e) {
        return new StoreAccessException(
                "the file " + file + " cannot be read; check --nats-ca, --nats-cert and" + " --nats-key", e);
    }
}
