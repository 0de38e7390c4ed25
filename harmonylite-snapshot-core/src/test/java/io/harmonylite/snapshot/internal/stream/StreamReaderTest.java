package io.harmonylite.snapshot.internal.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.stream.StreamRetention;
import io.harmonylite.snapshot.stream.StreamState;
import io.harmonylite.snapshot.stream.Streams;
import io.harmonylite.snapshot.testing.InMemoryStreams;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StreamReaderTest {

    private final InMemoryStreams streams = InMemoryStreams.unlimited("s");
    private final AtomicInteger lookups = new AtomicInteger();
    private final StreamReader reader = StreamReader.of(new CountingStreams());

    @Test
    void facts_noNewDeletion_asksForDeletedMessagesOnce() {
        streams.publish("s", 10);
        assertThat(deleted()).isNull();
        streams.deleteMessage("s", 4);
        assertThat(deleted().last()).isEqualTo(4);
        streams.publish("s", 5);
        assertThat(deleted().last()).isEqualTo(4);
        assertThat(lookups).hasValue(1);
        streams.deleteMessage("s", 12);
        assertThat(deleted().last()).isEqualTo(12);
        assertThat(lookups).hasValue(2);
    }

    @Test
    void facts_sameNumberOfOtherDeletions_asksAgain() {
        streams.publish("s", 10);
        streams.deleteMessage("s", 4);
        assertThat(deleted().last()).isEqualTo(4);
        streams.dropBefore("s", 6);
        streams.deleteMessage("s", 8);
        assertThat(deleted().last()).as("the first one was dropped").isEqualTo(8);
        streams.create("s", StreamRetention.unlimited());
        streams.publish("s", 10);
        streams.dropBefore("s", 6);
        streams.deleteMessage("s", 9);
        assertThat(deleted().last()).as("another stream").isEqualTo(9);
    }

    private SequenceRange deleted() {
        return reader.facts("s", null, List.of()).deleted();
    }

    /** Counts how often the deleted messages are looked up. */
    private final class CountingStreams implements Streams {

        @Override
        public SortedSet<String> names() {
            return streams.names();
        }

        @Override
        public Optional<StreamState> state(String stream) throws IOException {
            return streams.state(stream);
        }

        @Override
        public Optional<Instant> timestampAt(String stream, long sequence) throws IOException {
            return streams.timestampAt(stream, sequence);
        }

        @Override
        public Optional<SequenceRange> deletedInside(String stream) throws IOException {
            lookups.incrementAndGet();
            return streams.deletedInside(stream);
        }
    }
}
