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
 * A store with a hook before each call, in which a test lets others do what they do just then. Calls that the hook makes
 * itself on this store are not told to it. Thread-safe.
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

    /** The calls so far, such as {@code put orders/clock/…}. */
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

    /** Looks at a call before it is made. */
    @FunctionalInterface
    public interface Hook {

        /**
         * Called on the thread that calls.
         *
         * @param number the call's number, from 0
         * @param call one of put, open, stat, list, delete
         * @param name what it is about
         */
        void before(int number, String call, String name) throws IOException;
    }
}
