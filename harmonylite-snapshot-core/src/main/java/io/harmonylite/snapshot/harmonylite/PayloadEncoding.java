package io.harmonylite.snapshot.harmonylite;

import java.util.regex.Pattern;

/** The encoding of the payloads of a HarmonyLite stream. */
public enum PayloadEncoding {
    /** Uncompressed CBOR. */
    PLAIN,
    /** CBOR in one zstd frame: HarmonyLite's default. */
    ZSTD;

    private static final Pattern COMPRESSED = Pattern.compile(".*-c-[0-9]+", Pattern.DOTALL);

    /**
     * Returns the encoding that HarmonyLite's name of a stream implies: {@code <prefix>-c-<shard>} has compressed
     * payloads.
     */
    public static PayloadEncoding of(String stream) {
        return COMPRESSED.matcher(stream).matches() ? ZSTD : PLAIN;
    }
}
