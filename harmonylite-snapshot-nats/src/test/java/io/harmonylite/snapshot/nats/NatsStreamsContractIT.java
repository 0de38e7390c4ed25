package io.harmonylite.snapshot.nats;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.stream.Streams;
import io.harmonylite.snapshot.testing.StreamsContract;
import io.nats.client.Connection;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NatsExtension.class)
class NatsStreamsContractIT extends StreamsContract {

    private final Connection connection;

    NatsStreamsContractIT(Connection connection) {
        this.connection = connection;
    }

    @AfterEach
    void deleteStream() throws Exception {
        if (connection.jetStreamManagement().getStreamNames().contains(STREAM)) {
            delete();
        }
    }

    @Override
    protected Streams streams() {
        return NatsStreams.of(connection, STREAM);
    }

    @Override
    protected void create(int messages) throws Exception {
        EmptyStreams.create(connection, STREAM, messages);
    }

    @Override
    protected void createAt(long first) throws Exception {
        assumeTrue(connection.getServerInfo().isSameOrNewerThanVersion("2.10.0"), "first_seq came with 2.10");
        connection
                .jetStreamManagement()
                .addStream(StreamConfiguration.builder()
                        .name(STREAM)
                        .subjects(STREAM)
                        .storageType(StorageType.Memory)
                        .firstSequence(first)
                        .build());
    }

    @Override
    protected void publish(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            connection.jetStream().publish(STREAM, new byte[] {1});
        }
    }

    @Override
    protected void deleteMessage(long sequence) throws Exception {
        connection.jetStreamManagement().deleteMessage(STREAM, sequence);
    }

    @Override
    protected void purge() throws Exception {
        connection.jetStreamManagement().purgeStream(STREAM);
    }

    @Override
    protected void delete() throws Exception {
        connection.jetStreamManagement().deleteStream(STREAM);
    }
}
