package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.s3.S3HarmonyLiteSnapshot;
import java.io.IOException;
import java.net.URI;
import software.amazon.awssdk.services.s3.S3Client;

/** HarmonyLite's key below its path in a bucket: {@code s3://bucket/path} for {@code path/snapshot.db}. */
final class S3Place implements PlaceScheme {

    @Override
    public String form() {
        return "s3://bucket/path";
    }

    @Override
    public void check(URI uri) {
        new S3Scheme().check(uri);
    }

    @Override
    public Place open(URI uri, S3Options s3, NatsOptions nats) throws IOException {
        S3Client client = S3Scheme.client(s3);
        S3HarmonyLiteSnapshot place = S3HarmonyLiteSnapshot.of(client, uri.getRawAuthority(), uri.getPath());
        return new Place(place, place, client::close);
    }
}
