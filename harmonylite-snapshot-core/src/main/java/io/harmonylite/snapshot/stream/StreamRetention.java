package io.harmonylite.snapshot.stream;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The limits of a stream, beyond which it drops its oldest messages. Immutable.
 *
 * @param messages maximum number of messages; empty if unlimited
 * @param bytes maximum size of the messages in bytes; empty if unlimited
 * @param age maximum age of the oldest message; empty if unlimited
 */
public record StreamRetention(OptionalLong messages, OptionalLong bytes, Optional<Duration> age) {

    /** Returns the retention of a stream that keeps everything. */
    public static StreamRetention unlimited() {
        return new StreamRetention(OptionalLong.empty(), OptionalLong.empty(), Optional.empty());
    }

    /** Returns the retention of a stream that is limited only by the number of its messages. */
    public static StreamRetention ofMessages(long count) {
        return new StreamRetention(OptionalLong.of(count), OptionalLong.empty(), Optional.empty());
    }
}
