package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.Positions;
import java.util.regex.Pattern;

/** Checks names that become part of subjects. */
final class NatsNames {

    private static final Pattern STREAM = Pattern.compile("[^\\s.*>/\\\\\\p{Cntrl}\"]+");
    private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9_-]+");

    private NatsNames() {}

    /** Returns the name if it is a valid name of a stream; otherwise throws. */
    static String checkStream(String name) {
        if (name.length() > Positions.MAX_STREAM_NAME_LENGTH
                || !STREAM.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "not a stream name: '" + name + "'; use 1 to " + Positions.MAX_STREAM_NAME_LENGTH
                            + " characters, none of them white space or one of . * > / \\ \"");
        }
        return name;
    }

    /** Returns the name if it is a valid name of a bucket; otherwise throws. */
    static String checkBucket(String name) {
        if (!BUCKET.matcher(name).matches()) {
            throw new IllegalArgumentException("not a bucket name: '" + name + "'; use characters of [A-Za-z0-9_-]");
        }
        return name;
    }
}
