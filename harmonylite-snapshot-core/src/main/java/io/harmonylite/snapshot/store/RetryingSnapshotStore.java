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
 * Retries calls of another store that may succeed later: after a plain {@link IOException}, which means that the store
 * could not be reached, and after a write whose outcome is unknown. Every other exception is thrown at once. A stream
 * that fails while it is read is opened again at the current offset.
 *
 * <p>If a repeated put finds its name taken, it reads the object back. An object with the bytes of the source was
 * stored by an earlier attempt, and the put succeeds. If the put gives up after an attempt with an unknown outcome, it
 * throws {@link IndeterminateWriteException}.
 *
 * <p>As thread-safe and as durable as the other store. An interrupt ends waiting at once. {@link #close} closes the
 * other store.
 */
public final class RetryingSnapshotStore extends ForwardingSnapshotStore {

    private final Retries retries;

    private RetryingSnapshotStore(SnapshotStore store, Retries retries) {
        super(store);
        this.retries = retries;
    }

    /**
     * Returns a store that retries with the defaults of {@link Builder}. Returns the given store unchanged if it
     * already is a {@code RetryingSnapshotStore}.
     */
    public static SnapshotStore of(SnapshotStore store) {
        return store instanceof RetryingSnapshotStore ? store : builder(store).build();
    }

    /** Returns a builder for a store that retries calls of the given one. */
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

    /** Returns whether another attempt may have another outcome. */
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
     * Builds a store that retries. Defaults:
     *
     * <ul>
     *   <li>no attempt begins later than 20 seconds after the first one; with the timeouts of the clients, an
     *       unreachable store is given up within 30 seconds
     *   <li>the first wait is 50 milliseconds; each further wait is twice as long, up to 2 seconds, and varies by a
     *       quarter
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

        /**
         * Sets how long after the first attempt of a call another attempt may begin; must be longer than the first
         * wait.
         *
         * @throws IllegalArgumentException if the duration is not positive
         */
        public Builder patience(Duration value) {
            patience = positive(value);
            return this;
        }

        /**
         * Sets the wait after the first failure; must be shorter than 2 seconds.
         *
         * @throws IllegalArgumentException if the duration is not positive
         */
        public Builder firstWait(Duration value) {
            firstWait = positive(value);
            return this;
        }

        /**
         * Builds the store; does no I/O.
         *
         * @throws IllegalArgumentException if the first wait is not shorter than the patience or not shorter than 2
         *     seconds
         */
        public SnapshotStore build() {
            return new RetryingSnapshotStore(store, new Retries(patience, firstWait));
        }

        private static Duration positive(Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException("the duration must be positive, not " + value);
            }
            return value;
        }
    }
}
