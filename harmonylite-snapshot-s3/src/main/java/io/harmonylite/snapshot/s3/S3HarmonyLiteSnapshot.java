package io.harmonylite.snapshot.s3;

import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshot;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotSink;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotSource;
import io.harmonylite.snapshot.harmonylite.PreviousSnapshot;
import io.harmonylite.snapshot.store.NoSuchObjectException;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.StoreAccessException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Reads and replaces the snapshot that HarmonyLite keeps in S3, under the key {@code <path>/snapshot.db}. S3 keeps no
 * tag of it.
 *
 * <p>A put replaces the object with one {@code PUT} and a checksum that the service compares. Until it is complete
 * every reader gets the previous object, and a reader that has begun finishes. One such request carries at most 5 GiB.
 *
 * <p>Thread-safe if the client is. The client is not closed. Calls use the default timeouts of {@link
 * S3SnapshotStore.Builder}.
 */
public final class S3HarmonyLiteSnapshot implements HarmonyLiteSnapshotSource, HarmonyLiteSnapshotSink {

    private static final String NAME = "snapshot.db";
    private static final long LARGEST_PUT = 5L << 30;
    private static final Duration ANSWER = Duration.ofSeconds(8);
    private static final long SLOWEST_BYTES_PER_SECOND = 64 << 10;

    private final S3Client client;
    private final S3Settings settings;
    private final S3Requests requests;
    private final S3Failures failures;
    private final S3Reading reading;

    private S3HarmonyLiteSnapshot(S3Client client, S3Settings settings) {
        this.client = client;
        this.settings = settings;
        this.requests = new S3Requests(settings);
        this.failures = new S3Failures(settings.place());
        this.reading = new S3Reading(settings, client, requests, failures);
    }

    /**
     * Returns the snapshot of one cluster. Does no I/O.
     *
     * @param client the host's client, which must stay open; it is not closed
     * @param bucket name of the bucket, which must exist
     * @param path HarmonyLite's setting {@code path}; empty for none. Leading and trailing slashes are ignored
     */
    public static S3HarmonyLiteSnapshot of(S3Client client, String bucket, String path) {
        if (bucket.isBlank()) {
            throw new IllegalArgumentException("the bucket name is blank");
        }
        String root = path.replaceAll("^/+|/+$", "");
        S3Settings settings = new S3Settings(
                bucket,
                root.isEmpty() ? "" : root + "/",
                null,
                null,
                null,
                ANSWER,
                SLOWEST_BYTES_PER_SECOND,
                1,
                false,
                true,
                false);
        return new S3HarmonyLiteSnapshot(Objects.requireNonNull(client, "client"), settings);
    }

    @Override
    public Optional<HarmonyLiteSnapshot> find() throws IOException {
        try {
            ObjectInfo found = reading.stat(NAME);
            return Optional.of(describe(found.size(), found.lastModified()));
        } catch (NoSuchObjectException e) {
            return Optional.empty();
        }
    }

    @Override
    public Opened open() throws IOException {
        ResponseInputStream<GetObjectResponse> in = reading.get(NAME, null);
        try {
            long length = reading.lengthOf(in.response(), NAME);
            HarmonyLiteSnapshot described = describe(length, in.response().lastModified());
            return new Opened(described, new ObjectBody(in, failures, NAME, length));
        } catch (IOException e) {
            in.abort();
            throw e;
        }
    }

    private HarmonyLiteSnapshot describe(long size, Instant stored) {
        return new HarmonyLiteSnapshot(toString(), size, Optional.empty(), Optional.ofNullable(stored));
    }

    @Override
    public PreviousSnapshot put(ObjectSource image, String tag) throws IOException {
        if (image.length() > LARGEST_PUT) {
            throw new StoreAccessException(
                    "the image has " + image.length() + " bytes, and one request to S3 carries at most " + LARGEST_PUT
                            + "; export it to a file, and upload that file in parts");
        }
        PreviousSnapshot previous = find().isPresent() ? PreviousSnapshot.KEPT_UNTIL_COMPLETE : PreviousSnapshot.NONE;
        new S3Put(client, failures, NAME, image)
                .send(requests.putAnyway(NAME, image.length()), () -> reading.open(NAME));
        return previous;
    }

    @Override
    public String toString() {
        return settings.place() + "/" + NAME;
    }
}
