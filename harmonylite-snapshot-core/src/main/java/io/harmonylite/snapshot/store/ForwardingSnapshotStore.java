package io.harmonylite.snapshot.store;

import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/**
 * Forwards every call to another store. Base class of decorators, which override the methods that they change. As
 * thread-safe and as durable as the other store. {@link #close} closes the other store.
 */
public abstract class ForwardingSnapshotStore implements SnapshotStore {

    private final SnapshotStore delegate;

    /** Creates a store that forwards to another one. */
    protected ForwardingSnapshotStore(SnapshotStore delegate) {
        this.delegate = Objects.requireNonNull(delegate, "delegate");
    }

    /** Returns the store to which calls are forwarded. */
    protected final SnapshotStore delegate() {
        return delegate;
    }

    @Override
    public void putIfAbsent(String name, ObjectSource source) throws IOException {
        delegate.putIfAbsent(name, source);
    }

    @Override
    public InputStream open(String name) throws IOException {
        return delegate.open(name);
    }

    @Override
    public InputStream open(String name, long offset, long length) throws IOException {
        return delegate.open(name, offset, length);
    }

    @Override
    public ObjectInfo stat(String name) throws IOException {
        return delegate.stat(name);
    }

    @Override
    public List<ObjectInfo> list(String prefix) throws IOException {
        return delegate.list(prefix);
    }

    @Override
    public void delete(String name) throws IOException {
        delegate.delete(name);
    }

    @Override
    public void deleteAll(Collection<String> names) throws IOException {
        delegate.deleteAll(names);
    }

    @Override
    public void close() throws IOException {
        delegate.close();
    }
}
