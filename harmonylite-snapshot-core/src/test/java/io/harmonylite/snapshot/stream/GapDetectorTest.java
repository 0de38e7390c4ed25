package io.harmonylite.snapshot.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.testing.InMemoryStreams;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GapDetectorTest {

    private final InMemoryStreams streams = InMemoryStreams.unlimited("orders");
    private final GapDetector detector = GapDetector.of(streams, "orders");

    @BeforeEach
    void publish() {
        streams.publish("orders", 20);
    }

    private StreamPosition position(long sequence) throws IOException {
        Instant created = streams.state("orders").orElseThrow().created();
        return new StreamPosition(
                sequence, streams.timestampAt("orders", sequence).orElse(null), created);
    }

    private Arrival arrived(GapDetector by, StreamPosition position, long sequence) throws IOException {
        return by.arrived(
                position, sequence, streams.timestampAt("orders", sequence).orElseThrow());
    }

    @Test
    void arrived_nextSequence_isNextWithoutAQuery() throws Exception {
        StreamPosition ten = position(10);
        Instant eleven = streams.timestampAt("orders", 11).orElseThrow();
        streams.failWith(new IOException("not to be asked"));
        assertThat(detector.arrived(ten, 11, eleven)).isEqualTo(new Arrival.Next());
        assertThat(detector.arrived(StreamPosition.at(0), 1, eleven)).isEqualTo(new Arrival.Next());
    }

    @Test
    void arrived_redelivered_isDuplicateWithoutAQuery() throws Exception {
        StreamPosition ten = position(10);
        Instant three = streams.timestampAt("orders", 3).orElseThrow();
        streams.failWith(new IOException("not to be asked"));
        assertThat(detector.arrived(ten, 10, ten.timestamp())).isEqualTo(new Arrival.Duplicate());
        assertThat(detector.arrived(ten, 3, three)).isEqualTo(new Arrival.Duplicate());
    }

    @Test
    void arrived_redeliveredToPositionOfUnknownTime_isDuplicateAfterAQuery() throws Exception {
        assertThat(arrived(detector, StreamPosition.at(10), 3)).isEqualTo(new Arrival.Duplicate());
    }

    @Test
    void d07_droppedUnderASlowConsumer_isAGap() throws Exception {
        StreamPosition ten = position(10);
        streams.dropBefore("orders", 15);
        Arrival gap = new Arrival.Gap(new SequenceRange(11, 14), Arrival.Cause.DROPPED);
        assertThat(arrived(detector, ten, 15)).isEqualTo(gap);
        streams.allowDeletedMessages();
        assertThat(arrived(detector, ten, 15)).isEqualTo(gap);
    }

    @Test
    void arrived_messagesDeleted_isAGapUnlessTheStreamsAllowIt() throws Exception {
        StreamPosition ten = position(10);
        streams.deleteMessage("orders", 11);
        streams.deleteMessage("orders", 12);
        SequenceRange deleted = new SequenceRange(11, 12);
        assertThat(arrived(detector, ten, 13)).isEqualTo(new Arrival.Gap(deleted, Arrival.Cause.DELETED));
        streams.allowDeletedMessages();
        assertThat(arrived(detector, ten, 13)).isEqualTo(new Arrival.Skip(deleted));
    }

    @Test
    void arrived_skippedByTheConsumer_isUndelivered() throws Exception {
        StreamPosition ten = position(10);
        Arrival undelivered = new Arrival.Undelivered(new SequenceRange(11, 13));
        assertThat(arrived(detector, ten, 14)).isEqualTo(undelivered);
        streams.deleteMessage("orders", 11);
        streams.allowDeletedMessages();
        assertThat(arrived(detector, ten, 14))
                .as("11 is deleted, but 12 and 13 are there")
                .isEqualTo(undelivered);
    }

    @Test
    void arrived_droppedDuringTheQuery_isAGapEvenIfDeletionIsAllowed() throws Exception {
        StreamPosition ten = position(10);
        streams.deleteMessage("orders", 11);
        Streams dropping = new Streams() {
            @Override
            public SortedSet<String> names() {
                return streams.names();
            }

            @Override
            public Optional<StreamState> state(String stream) throws IOException {
                return streams.state(stream);
            }

            @Override
            public boolean areDeletedMessagesAllowed() {
                return true;
            }

            @Override
            public Optional<Instant> timestampAt(String stream, long sequence) throws IOException {
                if (sequence == 12) {
                    streams.dropBefore(stream, 13);
                }
                return streams.timestampAt(stream, sequence);
            }
        };
        GapDetector racing = GapDetector.of(dropping, "orders");
        assertThat(arrived(racing, ten, 13))
                .isEqualTo(new Arrival.Gap(new SequenceRange(11, 12), Arrival.Cause.DROPPED));
    }

    @Test
    void arrived_firstMessageOfAStreamThatBeganLater_skipsWhatWasNeverPublished() throws Exception {
        streams.createAt("orders", 1L << 40, OptionalLong.of(1L << 40));
        streams.publish("orders", 3);
        streams.deleteMessage("orders", (1L << 40) + 1);
        SequenceRange before = new SequenceRange(1, (1L << 40) - 1);
        assertThat(arrived(detector, StreamPosition.at(0), 1L << 40)).isEqualTo(new Arrival.Skip(before));
        assertThat(arrived(detector, StreamPosition.at(7), 1L << 40))
                .as("message 7 is of another stream")
                .isEqualTo(new Arrival.Gap(new SequenceRange(8, (1L << 40) - 1), Arrival.Cause.DROPPED));
        assertThat(arrived(detector, position(1L << 40), (1L << 40) + 2)).isInstanceOf(Arrival.Gap.class);
        streams.dropBefore("orders", (1L << 40) + 2);
        assertThat(arrived(detector, StreamPosition.at(0), (1L << 40) + 2)).isInstanceOf(Arrival.Gap.class);
    }

    @Test
    void arrived_firstMessageOfAnEmptiedStream_isAGapFromOne() throws Exception {
        streams.dropBefore("orders", 21);
        streams.publish("orders", 1);
        assertThat(arrived(detector, StreamPosition.at(0), 21))
                .isEqualTo(new Arrival.Gap(new SequenceRange(1, 20), Arrival.Cause.DROPPED));
    }

    @Test
    void d20_streamCreatedAgainWhileRunning_isAReset() throws Exception {
        StreamPosition ten = position(10);
        streams.create("orders", StreamRetention.unlimited());
        streams.publish("orders", 30);
        for (long sequence : new long[] {1, 9, 10, 12, 30}) {
            assertThat(arrived(detector, ten, sequence)).as("%d", sequence).isInstanceOf(Arrival.Reset.class);
        }
        StreamPosition untimed = new StreamPosition(10, null, ten.streamCreated());
        assertThat(arrived(detector, untimed, 1)).isInstanceOf(Arrival.Reset.class);
    }

    @Test
    void d20_serverSetBackWhileRunning_isAReset() throws Exception {
        StreamPosition ten = position(10);
        streams.setBack("orders", 5);
        streams.publish("orders", 1);
        assertThat(arrived(detector, ten, 6)).isInstanceOf(Arrival.Reset.class);
        streams.publish("orders", 9);
        assertThat(arrived(detector, ten, 10)).isInstanceOf(Arrival.Reset.class);
        assertThat(arrived(detector, ten, 13)).isInstanceOf(Arrival.Reset.class);
    }

    @Test
    void arrived_streamDeleted_isAReset() throws Exception {
        StreamPosition ten = position(10);
        Instant later = ten.timestamp().plusSeconds(1);
        streams.delete("orders");
        assertThat(detector.arrived(ten, 12, later)).isInstanceOf(Arrival.Reset.class);
    }

    @Test
    void arrived_serverDoesNotAnswer_throws() throws Exception {
        StreamPosition ten = position(10);
        Instant later = ten.timestamp().plusSeconds(1);
        streams.failWith(new IOException("no answer"));
        assertThatThrownBy(() -> detector.arrived(ten, 12, later)).isInstanceOf(IOException.class);
    }
}
