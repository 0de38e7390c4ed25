package io.harmonylite.snapshot.stream;

import io.harmonylite.snapshot.testing.InMemoryStreams;
import io.harmonylite.snapshot.testing.StreamsContract;
import java.util.OptionalLong;

class InMemoryStreamsTest extends StreamsContract {

    private final InMemoryStreams streams = new InMemoryStreams(STREAM);

    @Override
    protected Streams streams() {
        return streams;
    }

    @Override
    protected void create(int messages) {
        streams.create(STREAM, StreamRetention.ofMessages(messages));
    }

    @Override
    protected void createAt(long first) {
        streams.createAt(STREAM, first, OptionalLong.of(first));
    }

    @Override
    protected void publish(int count) {
        streams.publish(STREAM, count);
    }

    @Override
    protected void deleteMessage(long sequence) {
        streams.deleteMessage(STREAM, sequence);
    }

    @Override
    protected void purge() {
        streams.dropBefore(STREAM, Long.MAX_VALUE);
    }

    @Override
    protected void delete() {
        streams.delete(STREAM);
    }
}
