package io.harmonylite.snapshot.internal.trim;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.testing.InMemoryStreams;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Stream a has 100 messages, one in each millisecond. */
class AgeSearchTest {

    private final InMemoryStreams streams = InMemoryStreams.unlimited("a");
    private final AgeSearch search = new AgeSearch(streams, "a");

    @BeforeEach
    void publish() {
        streams.publish("a", 100);
    }

    private long oldest(long first, long limit, long millis) throws Exception {
        return search.oldest(first, limit, 100, Duration.ofMillis(millis));
    }

    @Test
    void oldest_anyAge_isLastOlderMessage() throws Exception {
        for (long age = 0; age < 99; age++) {
            assertThat(oldest(1, 100, age)).as("age %s", age).isEqualTo(99 - age);
        }
    }

    @Test
    void oldest_anyAge_staysWithinLimits() throws Exception {
        assertThat(oldest(1, 30, 5)).isEqualTo(30);
        assertThat(oldest(40, 60, 80)).isEqualTo(40);
        assertThat(oldest(1, 100, 1_000)).isEqualTo(1);
    }

    @Test
    void oldest_deletedMessages_isLastKnownOlder() throws Exception {
        for (long sequence = 40; sequence < 60; sequence++) {
            streams.deleteMessage("a", sequence);
        }
        assertThat(oldest(1, 100, 50)).isEqualTo(39);
        assertThat(oldest(1, 100, 10)).isEqualTo(89);
    }

    @Test
    void oldest_longHoleOrLastDeleted_assumesYounger() throws Exception {
        for (long sequence = 2; sequence < 99; sequence++) {
            streams.deleteMessage("a", sequence);
        }
        assertThat(oldest(1, 100, 10)).isEqualTo(1);
        streams.deleteMessage("a", 100);
        assertThat(oldest(1, 100, 0)).isEqualTo(1);
    }
}
