package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.net.URI;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which store; options of a kind of store go here too. */
@SuppressWarnings("NullAway.Init") // The option is required.
final class StoreOptions {

    @Option(
            names = "--store",
            required = true,
            paramLabel = "URI",
            description =
                    "Where the snapshots are: file:/absolute/path, nats://host:port/bucket or s3://bucket/prefix.")
    private StoreUri store;

    @ArgGroup(
            exclusive = false,
            heading = "%nOptions of s3: stores; credentials are found as the AWS SDK finds them:%n")
    private S3Options s3 = new S3Options();

    @ArgGroup(exclusive = false, heading = "%nOptions of nats: stores:%n")
    private NatsOptions nats = new NatsOptions();

    private boolean natsUsed;
    private boolean s3Used;

    /** The command itself connects to NATS, wherever its store is. */
    void useNatsOptions() {
        natsUsed = true;
    }

    /** The command itself uses S3, wherever its store is. */
    void useS3Options() {
        s3Used = true;
    }

    /** Whether options for S3 are given, and of no use unless the store is there. */
    boolean areS3OptionsIdle() {
        return s3.areGiven() && !s3Used;
    }

    /** Whether options for NATS are given, and of no use unless the store is there. */
    boolean areNatsOptionsIdle() {
        return nats.areGiven() && !natsUsed;
    }

    /** Options of {@code nats:} stores. */
    NatsOptions nats() {
        return nats;
    }

    /** Options of {@code s3:} stores. */
    S3Options s3() {
        return s3;
    }

    /** The URI as it was given; not to be printed. */
    URI uri() {
        return store.uri();
    }

    /** Opens a store that is there. */
    SnapshotStore open() throws IOException {
        return Stores.open(this);
    }

    /** Opens a store, creating it where that is possible. */
    SnapshotStore create() throws IOException {
        return Stores.create(this);
    }

    /** The URI, fit to be printed. */
    @Override
    public String toString() {
        return store.toString();
    }
}
