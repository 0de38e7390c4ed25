package io.harmonylite.snapshot.internal.base;

import java.nio.charset.StandardCharsets;

/** Checks stream names. Called for each message, so it creates no garbage. */
public final class StreamName {

    /** Maximum length of a name in characters. */
    public static final int MAX_LENGTH = 255;

    private StreamName() {}

    /** Rejects an invalid name. One that can be counted but not encoded would make every write of a map fail. */
    public static String require(String stream) {
        if (stream.isEmpty() || stream.length() > MAX_LENGTH || !isText(stream)) {
            throw new IllegalArgumentException("not a stream name: '" + stream + "'; a stream name has 1 to "
                    + MAX_LENGTH + " characters, encodable in UTF-8");
        }
        return stream;
    }

    private static boolean isText(String stream) {
        for (int i = 0; i < stream.length(); i++) {
            if (Character.isSurrogate(stream.charAt(i))) {
                return StandardCharsets.UTF_8.newEncoder().canEncode(stream);
            }
        }
        return true;
    }
}
