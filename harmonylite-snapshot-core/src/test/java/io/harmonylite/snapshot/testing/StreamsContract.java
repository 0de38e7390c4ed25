package io.harmonylite.snapshot.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.stream.StreamState;
import io.harmonylite.snapshot.stream.Streams;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Checks the obligations of {@link Streams}. Subclasses supply a server of their own and operations on it. */
public abstract class StreamsContract {

    /** The name of the stream that the tests use; it is followed and does not exist at first. */
    protected static final String STREAM = "contract";

    /** Returns streams that follow {@link #STREAM}. */
    protected abstract Streams streams() throws Exception;

    /** Creates the stream with a limit of messages; it drops the oldest ones. */
    protected abstract void create(int messages) throws Exception;

    /** Creates the stream; it keeps all messages, and the first one has a sequence. */
    protected abstract void createAt(long first) throws Exception;

    /** Publishes messages. */
    protected abstract void publish(int count) throws Exception;

    /** Deletes one message. */
    protected abstract void deleteMessage(long sequence) throws Exception;

    /** Removes all messages and keeps the sequence. */
    protected abstract void purge() throws Exception;

    /** Deletes the stream. */
    protected abstract void delete() throws Exception;

    private StreamState state() throws Exception {
        return streams().state(STREAM).orElseThrow();
    }

    private void assertWindow(long first, long last, long messages) throws Exception {
        StreamState state = state();
        assertThat(state.first()).isEqualTo(first);
        assertThat(state.last()).isEqualTo(last);
        assertThat(state.messages()).isEqualTo(messages);
    }

    @Test
    void names_followedStreams_areReturned() throws Exception {
        assertThat(streams().names()).containsExactly(STREAM);
    }

    @Test
    void state_missingStream_isEmpty() throws Exception {
        assertThat(streams().state(STREAM)).isEmpty();
        assertThat(streams().timestampAt(STREAM, 1)).isEmpty();
    }

    @Test
    void state_unusedStream_startsAtOne() throws Exception {
        create(100);
        assertWindow(1, 0, 0);
        assertThat(state().bytes()).isZero();
        assertThat(state().retention().messages()).hasValue(100);
    }

    @Test
    void state_fewMessages_keepsAll() throws Exception {
        create(100);
        publish(7);
        assertWindow(1, 7, 7);
        assertThat(state().bytes()).isPositive();
    }

    @Test
    void state_beyondLimit_dropsOldest() throws Exception {
        create(10);
        publish(25);
        assertWindow(16, 25, 10);
        assertThat(state().deletedInside()).isZero();
    }

    @Test
    void state_messageDeleted_isCounted() throws Exception {
        create(100);
        publish(9);
        deleteMessage(4);
        assertWindow(1, 9, 8);
        assertThat(state().deletedInside()).isEqualTo(1);
        assertThat(streams().timestampAt(STREAM, 4)).isEmpty();
    }

    @Test
    void state_always_containsFirstSequenceEver() throws Exception {
        create(2);
        publish(5);
        assertThat(state().start()).hasValue(1);
        assertThat(state().holdsFirst()).isFalse();
        delete();
        createAt(100);
        assertWindow(100, 99, 0);
        assertThat(state().holdsFirst()).isTrue();
        publish(3);
        assertThat(state().start()).hasValue(100);
        assertThat(state().holdsFirst()).isTrue();
        deleteMessage(100);
        assertThat(state().holdsFirst()).isFalse();
    }

    @Test
    void keptFrom_always_isNextKeptMessage() throws Exception {
        assertThat(streams().keptFrom(STREAM, 1)).isEmpty();
        create(8);
        publish(12);
        deleteMessage(7);
        deleteMessage(8);
        deleteMessage(12);
        assertThat(streams().keptFrom(STREAM, 0)).hasValue(5);
        assertThat(streams().keptFrom(STREAM, 6)).hasValue(6);
        assertThat(streams().keptFrom(STREAM, 7)).hasValue(9);
        assertThat(streams().keptFrom(STREAM, 12)).isEmpty();
        assertThat(streams().keptFrom(STREAM, 13)).isEmpty();
    }

    @Test
    void deletedInside_always_endsWithLastDeletedMessage() throws Exception {
        assertThat(streams().deletedInside(STREAM)).isEmpty();
        create(100);
        publish(9);
        assertThat(streams().deletedInside(STREAM)).isEmpty();
        deleteMessage(4);
        deleteMessage(6);
        assertThat(streams().deletedInside(STREAM).orElseThrow().last()).isEqualTo(6);
        assertThat(streams().deletedInside(STREAM).orElseThrow().first()).isLessThanOrEqualTo(4);
        deleteMessage(9);
        assertThat(streams().deletedInside(STREAM).orElseThrow().last()).isEqualTo(9);
        purge();
        assertThat(streams().deletedInside(STREAM)).isEmpty();
    }

    @Test
    void state_purged_startsAfterLast() throws Exception {
        create(100);
        publish(9);
        purge();
        assertWindow(10, 9, 0);
        publish(1);
        assertWindow(10, 10, 1);
    }

    @Test
    void state_recreated_hasNewCreationTime() throws Exception {
        create(100);
        Instant created = state().created();
        publish(3);
        assertThat(state().created()).isEqualTo(created);
        delete();
        assertThat(streams().state(STREAM)).isEmpty();
        create(100);
        assertThat(state().created()).isAfter(created);
        assertWindow(1, 0, 0);
    }

    @Test
    void timestampAt_keptMessage_isStableAndDoesNotDecrease() throws Exception {
        create(3);
        publish(5);
        Instant third = streams().timestampAt(STREAM, 3).orElseThrow();
        assertThat(streams().timestampAt(STREAM, 3)).hasValue(third);
        assertThat(third).isAfterOrEqualTo(state().created());
        assertThat(streams().timestampAt(STREAM, 5).orElseThrow()).isAfterOrEqualTo(third);
        assertThat(streams().timestampAt(STREAM, 2)).as("dropped").isEmpty();
        assertThat(streams().timestampAt(STREAM, 6)).as("not published yet").isEmpty();
    }
}
