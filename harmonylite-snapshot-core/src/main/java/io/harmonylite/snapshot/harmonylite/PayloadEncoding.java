package io.harmonylite.snapshot.harmonylite;

import java.util.regex.Pattern;

/** How HarmonyLite writes the payloads of a stream. */
public enum PayloadEncoding {
    /** CBOR as it is. */
    PLAIN,
    /** CBOR in one zstd frame: HarmonyLite's default. */
    ZSTD;

    private static final Pattern COMPRESSED = Pattern.compile(".*-c-[0-9]+", Pattern.DOTALL);

    /** What HarmonyLite's name of a stream says: {@code <prefix>-c-<shard>} holds compressed payloads. */
    public static PayloadEncoding of(String stream) {
        return COMPRESSED.matcher(stream).matches() ? ZSTD : PLAIN;
    }
}
