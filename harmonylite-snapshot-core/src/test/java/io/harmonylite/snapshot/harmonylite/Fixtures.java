package io.harmonylite.snapshot.harmonylite;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files written by the real HarmonyLite. */
public final class Fixtures {

    /** The tag that HarmonyLite gave the snapshot of each Chinook set. */
    public static final String CHINOOK_TAG = "9f1a20832e25abfe";

    private Fixtures() {}

    /** Returns the bytes of a file. */
    public static byte[] bytes(String name) throws IOException {
        try (InputStream in = Fixtures.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("no fixture " + name);
            }
            return in.readAllBytes();
        }
    }

    /** Copies a file. */
    public static Path copy(String name, Path target) throws IOException {
        return Files.write(target, bytes(name));
    }
}
