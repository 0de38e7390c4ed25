package io.harmonylite.snapshot.internal.format;

import io.harmonylite.snapshot.Positions;
import java.nio.charset.StandardCharsets;

/** What a stream may be called: asked for each message, so without garbage. */
public final class StreamName {

    private StreamName() {}

    /**
     * Refuses what is no name: what can be counted but not written would keep a map from being written ever again.
     *
     * @return the same name
     * @throws IllegalArgumentException where it is empty, too long, or no text
     */
    public static String require(String stream) {
        if (stream.isEmpty() || stream.length() > Positions.MAX_STREAM_NAME_LENGTH || !isText(stream)) {
            throw new IllegalArgumentException("not a stream name: '" + stream + "'; it has 1 to "
                    + Positions.MAX_STREAM_NAME_LENGTH + " characters that UTF-8 can hold");
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
