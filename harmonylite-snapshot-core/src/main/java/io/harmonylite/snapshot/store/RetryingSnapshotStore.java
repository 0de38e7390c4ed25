package io.harmonylite.snapshot.store;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/**
 * Tries calls of a store again where that may help: after a plain {@link IOException}, which means that the store could
 * not be reached, and after a write whose outcome is unknown. Everything else is thrown at once. A stream that breaks
 * while it is read is opened again where it broke.
 *
 * <p>A repeated put that finds its name taken reads the object back: where it holds the source's bytes, an earlier
 * attempt has succeeded after all. A put that is given up after an attempt with unknown outcome is
 * {@link IndeterminateWriteException}.
 *
 * <p>As thread-safe and as durable as the store behind it. An interrupt ends waiting at once. {@link #close} closes the
 * store behind it.
 */
public final class RetryingSnapshotStore extends ForwardingSnapshotStore {

    private final Retries retries;

    private RetryingSnapshotStore(SnapshotStore store, Retries retries) {
        super(store);
        this.retries = retries;
    }

    /** Adds retries with the defaults of {@link Builder}; a store that has retries already is returned as it is. */
    public static SnapshotStore of(SnapshotStore store) {
        return store instanceof RetryingSnapshotStore ? store : builder(store).build();
    }

    /** Begins to add retries to a store. */
    public static Builder builder(SnapshotStore store) {
        return new Builder(Objects.requireNonNull(store, "store"));
    }

    @Override
    public void putIfAbsent(String name, ObjectSource source) throws IOException {
        RetriedPut put = new RetriedPut(delegate(), name, source);
        try {
            retries.run(put::attempt);
        } catch (IOException e) {
            throw put.outcome(e);
        }
    }

    @Override
    public InputStream open(String name) throws IOException {
        return open(name, 0, stat(name).size());
    }

    @Override
    public InputStream open(String name, long offset, long length) throws IOException {
        InputStream first = retries.call(() -> delegate().open(name, offset, length));
        return new ResumingInputStream(
                first, length, (done, left) -> delegate().open(name, offset + done, left), retries);
    }

    @Override
    public ObjectInfo stat(String name) throws IOException {
        return retries.call(() -> delegate().stat(name));
    }

    @Override
    public List<ObjectInfo> list(String prefix) throws IOException {
        return retries.call(() -> delegate().list(prefix));
    }

    @Override
    public void delete(String name) throws IOException {
        retries.run(() -> delegate().delete(name));
    }

    @Override
    public void deleteAll(Collection<String> names) throws IOException {
        retries.run(() -> delegate().deleteAll(names));
    }

    /** Whether another attempt may have another outcome. */
    static boolean mayPass(Throwable failure) {
        return failure instanceof IOException
                && !(failure instanceof NoSuchObjectException
                        || failure instanceof ObjectExistsException
                        || failure instanceof StoreAccessException
                        || failure instanceof ContainerMissingException
                        || failure instanceof StoreFullException
                        || failure instanceof DamagedObjectException
                        || failure instanceof EOFException
                        || failure instanceof InterruptedIOException)
                && !Thread.currentThread().isInterrupted();
    }

    /**
     * Adds retries. Defaults:
     *
     * <ul>
     *   <li>no attempt begins later than 20 seconds after the first, so that with the clients' own time-outs an
     *       unreachable store is given up within 30
     *   <li>the first wait is 50 milliseconds, each further one twice as long, up to 2 seconds, a quarter more or less
     * </ul>
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {

        private final SnapshotStore store;
        private Duration patience = Duration.ofSeconds(20);
        private Duration firstWait = Duration.ofMillis(50);

        private Builder(SnapshotStore store) {
            this.store = store;
        }

        /** How long after the first attempt of a call another one may begin; longer than the first wait. */
        public Builder patience(Duration value) {
            patience = positive(value);
            return this;
        }

        /** How long to wait after the first failure; at most 2 seconds. */
        public Builder firstWait(Duration value) {
            firstWait = positive(value);
            return this;
        }

        /**
         * Builds the store; does no I/O.
         *
         * @throws IllegalArgumentException where the first wait is not shorter than the patience, or than 2 seconds
         */
        public SnapshotStore build() {
            return new RetryingSnapshotStore(store, new Retries(patience, firstWait));
        }

        private static Duration positive(Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException("a duration to wait is positive, not " + value);
            }
            return value;
        }
    }
}
