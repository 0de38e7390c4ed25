package io.harmonylite.snapshot.stream;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How much a stream keeps at most, before it drops its oldest messages. Immutable.
 *
 * @param messages number of messages; empty without limit
 * @param bytes bytes they occupy; empty without limit
 * @param age age of the oldest; empty without limit
 */
public record StreamRetention(OptionalLong messages, OptionalLong bytes, Optional<Duration> age) {

    /** A stream that keeps everything. */
    public static StreamRetention unlimited() {
        return new StreamRetention(OptionalLong.empty(), OptionalLong.empty(), Optional.empty());
    }

    /** A stream limited by the number of its messages alone. */
    public static StreamRetention ofMessages(long count) {
        return new StreamRetention(OptionalLong.of(count), OptionalLong.empty(), Optional.empty());
    }
}
