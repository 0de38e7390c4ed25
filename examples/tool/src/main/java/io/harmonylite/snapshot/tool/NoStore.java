package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.store.StoreAccessException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** The store of a command that needs none. Every operation throws. */
final class NoStore implements SnapshotStore {

    @Override
    public void putIfAbsent(String name, ObjectSource source) throws IOException {
        throw none(name);
    }

    @Override
    public InputStream open(String name) throws IOException {
        throw none(name);
    }

    @Override
    public InputStream open(String name, long offset, long length) throws IOException {
        throw none(name);
    }

    @Override
    public ObjectInfo stat(String name) throws IOException {
        throw none(name);
    }

    @Override
    public List<ObjectInfo> list(String prefix) throws IOException {
        throw none(prefix);
    }

    @Override
    public void delete(String name) throws IOException {
        throw none(name);
    }

    @Override
    public void close() {
        // Holds no resource.
    }

    private static StoreAccessException none(String name) {
        return new StoreAccessException("object " + name + " was requested, but this command has no store");
    }
}
