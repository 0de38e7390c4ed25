package io.harmonylite.snapshot.internal.catalog;

import io.harmonylite.snapshot.internal.concurrent.Throttle;
import io.harmonylite.snapshot.store.ForwardingSnapshotStore;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Limits the transfer rates of a store, over all threads together. Keeps every guarantee of the underlying store. */
final class ThrottledSnapshotStore extends ForwardingSnapshotStore {

    private final @Nullable Throttle upload;
    private final @Nullable Throttle fetch;

    /** Throttles a store; a limit is null for none. */
    ThrottledSnapshotStore(SnapshotStore store, @Nullable Throttle upload, @Nullable Throttle fetch) {
        super(store);
        this.upload = upload;
        this.fetch = fetch;
    }

    @Override
    public void putIfAbsent(String name, ObjectSource source) throws IOException {
        super.putIfAbsent(name, upload == null ? source : throttled(source, upload));
    }

    @Override
    public InputStream open(String name) throws IOException {
        return throttled(super.open(name));
    }

    @Override
    public InputStream open(String name, long offset, long length) throws IOException {
        return throttled(super.open(name, offset, length));
    }

    private InputStream throttled(InputStream stream) {
        return fetch == null ? stream : new ThrottledInputStream(stream, fetch);
    }

    private static ObjectSource throttled(ObjectSource source, Throttle throttle) {
        return new ObjectSource() {
            @Override
            public long length() {
                return source.length();
            }

            @Override
            public InputStream open() throws IOException {
                return new ThrottledInputStream(source.open(), throttle);
            }
        };
    }

    /** Limits the rate of an input stream: reads small pieces and waits after each. Not thread-safe. */
    private static final class ThrottledInputStream extends FilterInputStream {

        private static final int PIECE = 64 << 10;

        private final Throttle throttle;

        ThrottledInputStream(InputStream stream, Throttle throttle) {
            super(stream);
            this.throttle = throttle;
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            if (read >= 0) {
                throttle.passed(1);
            }
            return read;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = super.read(target, offset, Math.min(length, PIECE));
            if (read > 0) {
                throttle.passed(read);
            }
            return read;
        }
    }
}
