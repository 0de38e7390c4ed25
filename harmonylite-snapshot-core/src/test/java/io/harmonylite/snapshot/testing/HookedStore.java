package io.harmonylite.snapshot.testing;

import io.harmonylite.snapshot.store.ForwardingSnapshotStore;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A store that calls a hook before each call, in which a test runs concurrent work. Calls that the hook makes on this
 * store do not call the hook. Thread-safe.
 */
public final class HookedStore extends ForwardingSnapshotStore {

    private final Hook hook;
    private final List<String> log = new ArrayList<>();
    private boolean inHook;

    /** Calls a hook before each call of a store. */
    public HookedStore(SnapshotStore store, Hook hook) {
        super(store);
        this.hook = hook;
    }

    /** Returns the calls so far, for example {@code put orders/clock/…}. */
    public synchronized List<String> log() {
        return List.copyOf(log);
    }

    private void before(String call, String name) throws IOException {
        int number;
        synchronized (this) {
            if (inHook) {
                return;
            }
            number = log.size();
            log.add(call + " " + name);
            inHook = true;
        }
        try {
            hook.before(number, call, name);
        } finally {
            synchronized (this) {
                inHook = false;
            }
        }
    }

    @Override
    public void putIfAbsent(String name, ObjectSource source) throws IOException {
        before("put", name);
        super.putIfAbsent(name, source);
    }

    @Override
    public InputStream open(String name) throws IOException {
        before("open", name);
        return super.open(name);
    }

    @Override
    public InputStream open(String name, long offset, long length) throws IOException {
        before("open", name);
        return super.open(name, offset, length);
    }

    @Override
    public ObjectInfo stat(String name) throws IOException {
        before("stat", name);
        return super.stat(name);
    }

    @Override
    public List<ObjectInfo> list(String prefix) throws IOException {
        before("list", prefix);
        return super.list(prefix);
    }

    @Override
    public void delete(String name) throws IOException {
        before("delete", name);
        super.delete(name);
    }

    @Override
    public void deleteAll(Collection<String> names) throws IOException {
        for (String name : names) {
            delete(name);
        }
    }

    /** Called before each call of the store. */
    @FunctionalInterface
    public interface Hook {

        /**
         * Called on the calling thread.
         *
         * @param number the call's number, counted from 0
         * @param call one of put, open, stat, list, delete
         * @param name the object's name, or the prefix of a listing
         * @throws IOException if the call must fail; it is not made then
         */
        void before(int number, String call, String name) throws IOException;
    }
}
