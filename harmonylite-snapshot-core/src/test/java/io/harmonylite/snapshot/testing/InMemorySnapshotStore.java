package io.harmonylite.snapshot.testing;

import io.harmonylite.snapshot.store.NoSuchObjectException;
import io.harmonylite.snapshot.store.ObjectExistsException;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.ObjectName;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Keeps objects in memory, for tests: keeps all obligations of a store except durability beyond the process.
 * Thread-safe. Stores that {@link #again} returns share their objects.
 */
public final class InMemorySnapshotStore implements SnapshotStore {

    private final ConcurrentNavigableMap<String, Stored> objects;
    private final InstantSource clock;
    private volatile boolean closed;

    /** Creates an empty store that uses the system's clock. */
    public InMemorySnapshotStore() {
        this(InstantSource.system());
    }

    /** Creates an empty store that uses the given clock. */
    public InMemorySnapshotStore(InstantSource clock) {
        this(new ConcurrentSkipListMap<>(), clock);
    }

    private InMemorySnapshotStore(ConcurrentNavigableMap<String, Stored> objects, InstantSource clock) {
        this.objects = objects;
        this.clock = clock;
    }

    /** Returns another store on the same objects. */
    public InMemorySnapshotStore again() {
        return new InMemorySnapshotStore(objects, clock);
    }

    /** Returns another store on a copy of the current objects. */
    public InMemorySnapshotStore copy() {
        return new InMemorySnapshotStore(new ConcurrentSkipListMap<>(objects), clock);
    }

    /**
     * Replaces an object's bytes, as damage would; a store does not allow it.
     *
     * @throws NoSuchObjectException if there is no such object
     */
    public void damage(String name, byte[] bytes) throws IOException {
        objects.put(name, new Stored(bytes.clone(), find(name).at));
    }

    @Override
    public void putIfAbsent(String name, ObjectSource source) throws IOException {
        check(name);
        byte[] bytes;
        try (InputStream in = source.open()) {
            bytes = in.readNBytes(Math.toIntExact(source.length()));
            if (bytes.length != source.length() || in.read() >= 0) {
                throw new EOFException("the source of " + name + " does not have " + source.length() + " bytes");
            }
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted before " + name + " was stored");
        }
        if (objects.putIfAbsent(name, new Stored(bytes, clock.instant())) != null) {
            throw new ObjectExistsException(name + " exists already");
        }
    }

    @Override
    public InputStream open(String name) throws IOException {
        check(name);
        return new ByteArrayInputStream(find(name).bytes);
    }

    @Override
    public InputStream open(String name, long offset, long length) throws IOException {
        check(name);
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException("no range: " + length + " bytes from " + offset);
        }
        byte[] bytes = find(name).bytes;
        if (offset > bytes.length - length) {
            throw new EOFException(name + " has " + bytes.length + " bytes");
        }
        return new ByteArrayInputStream(bytes, (int) offset, (int) length);
    }

    @Override
    public ObjectInfo stat(String name) throws IOException {
        check(name);
        return find(name).info(name);
    }

    @Override
    public List<ObjectInfo> list(String prefix) {
        checkOpen();
        ObjectName.checkPrefix(prefix);
        return objects.tailMap(prefix).entrySet().stream()
                .takeWhile(entry -> entry.getKey().startsWith(prefix))
                .map(entry -> entry.getValue().info(entry.getKey()))
                .toList();
    }

    @Override
    public void delete(String name) {
        check(name);
        objects.remove(name);
    }

    @Override
    public void close() {
        closed = true;
    }

    private Stored find(String name) throws NoSuchObjectException {
        Stored stored = objects.get(name);
        if (stored == null) {
            throw new NoSuchObjectException("there is no " + name);
        }
        return stored;
    }

    private void check(String name) {
        checkOpen();
        ObjectName.check(name);
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the store is closed");
        }
    }

    private static final class Stored {

        private final byte[] bytes;
        private final Instant at;

        Stored(byte[] bytes, Instant at) {
            this.bytes = bytes;
            this.at = at;
        }

        ObjectInfo info(String name) {
            return new ObjectInfo(name, bytes.length, at);
        }
    }
}
