package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.nats.NatsHarmonyLiteSnapshot;
import io.nats.client.Connection;
import java.io.IOException;
import java.net.URI;

/** HarmonyLite's bucket in NATS: {@code nats://host:port/bucket} for its {@code snapshot.db}. */
final class NatsPlace implements PlaceScheme {

    @Override
    public String form() {
        return "nats://host:port/bucket";
    }

    @Override
    public void check(URI uri) {
        new NatsScheme().check(uri);
    }

    @Override
    public Place open(URI uri, S3Options s3, NatsOptions nats) throws IOException {
        Connection connection = NatsConnections.connect(uri, nats.credentials());
        try {
            NatsHarmonyLiteSnapshot place = NatsHarmonyLiteSnapshot.of(connection, NatsScheme.bucket(uri));
            place.find(); // A missing bucket is not found, whatever it was to be used for.
            return new Place(place, place, () -> NatsScheme.close(connection));
        } catch (IOException | RuntimeException e) {
            NatsScheme.close(connection);
            throw e;
        }
    }
}
