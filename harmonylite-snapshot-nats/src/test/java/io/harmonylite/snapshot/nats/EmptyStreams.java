package io.harmonylite.snapshot.nats;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import java.io.IOException;

/** Makes streams that hold nothing. */
final class EmptyStreams {

    private EmptyStreams() {}

    /**
     * Makes a stream whose subject is its name. A server removes a deleted stream's files a little later, and one that is
     * made anew at once may begin with messages of the old (seen with 2.12.3): then it is made anew again.
     */
    static void create(Connection connection, String name, long maxMessages) throws IOException, JetStreamApiException {
        JetStreamManagement management = connection.jetStreamManagement();
        StreamConfiguration configuration = StreamConfiguration.builder()
                .name(name)
                .subjects(name)
                .maxMessages(maxMessages)
                .build();
        StreamInfo info = management.addStream(configuration);
        while (info.getStreamState().getLastSequence() > 0) {
            management.deleteStream(name);
            info = management.addStream(configuration);
        }
    }
}
