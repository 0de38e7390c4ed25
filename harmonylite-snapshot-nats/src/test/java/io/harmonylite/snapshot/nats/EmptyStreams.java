package io.harmonylite.snapshot.nats;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import java.io.IOException;

/** Creates empty streams. */
final class EmptyStreams {

    private EmptyStreams() {}

    /**
     * Creates a stream whose subject is its name. A server removes the files of a deleted stream a little later, and a
     * stream created again at once may begin with old messages (seen with 2.12.3). Such a stream is deleted and created
     * again.
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
