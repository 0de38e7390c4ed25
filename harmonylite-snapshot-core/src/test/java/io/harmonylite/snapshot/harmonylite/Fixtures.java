package io.harmonylite.snapshot.harmonylite;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that the real HarmonyLite wrote. */
public final class Fixtures {

    /** Tag that HarmonyLite gave the snapshot of each of the Chinook sets. */
    public static final String CHINOOK_TAG = "9f1a20832e25abfe";

    private Fixtures() {}

    /** The bytes of a file. */
    public static byte[] bytes(String name) throws IOException {
        try (InputStream in = Fixtures.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("no fixture " + name);
            }
            return in.readAllBytes();
        }
    }

    /** A copy of a file. */
    public static Path copy(String name, Path target) throws IOException {
        return Files.write(target, bytes(name));
    }
}
