package io.harmonylite.snapshot.nats;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files written by the real HarmonyLite; they belong to the tests of the core module. */
final class HarmonyLiteFixtures {

    /** The tag that HarmonyLite gave the snapshot of the set {@code one-shard}. */
    static final String ONE_SHARD_TAG = "9f1a20832e25abfe";

    private static final Path DIRECTORY =
            Path.of("../harmonylite-snapshot-core/src/test/resources/io/harmonylite/snapshot/harmonylite");

    private HarmonyLiteFixtures() {}

    static byte[] bytes(String name) throws IOException {
        return Files.readAllBytes(DIRECTORY.resolve(name));
    }
}
