package io.harmonylite.snapshot.testing;

import io.harmonylite.snapshot.store.ForwardingSnapshotStore;
import io.harmonylite.snapshot.store.IndeterminateWriteException;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.store.StoreFullException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/**
 * A store that fails, forgets and lies as it is told: each call takes the next fault of a queue; when the queue is empty
 * calls go through. Thread-safe.
 */
public final class FaultyStore extends ForwardingSnapshotStore {

    private final Deque<Fault> faults = new ArrayDeque<>();
    private int calls;

    /** Faults in front of a store. */
    public FaultyStore(SnapshotStore store) {
        super(store);
    }

    /** What happens to the calls to come, one after the other. */
    public synchronized FaultyStore next(Fault... upcoming) {
        faults.addAll(List.of(upcoming));
        return this;
    }

    /** What happens to call {@code number} from now, counted from 0; those before it go through. */
    public synchronized FaultyStore at(int number, Fault fault) {
        faults.clear();
        faults.addAll(Collections.nCopies(number, Fault.NONE));
        faults.add(fault);
        return this;
    }

    /** How many calls there were. */
    public synchronized int calls() {
        return calls;
    }

    private synchronized Fault take() {
        calls++;
        Fault next = faults.poll();
        return next == null ? Fault.NONE : next;
    }

    @Override
    public void putIfAbsent(String name, ObjectSource source) throws IOException {
        switch (take()) {
            case UNREACHABLE, BROKEN_READ -> throw unreachable();
            case OUTCOME_UNKNOWN -> throw new IndeterminateWriteException("planned: the outcome is unknown");
            case FULL -> throw new StoreFullException("planned: the store is full");
            case ANSWER_LOST -> {
                super.putIfAbsent(name, source);
                throw new IndeterminateWriteException("planned: the answer was lost");
            }
            default -> super.putIfAbsent(name, source);
        }
    }

    @Override
    public InputStream open(String name) throws IOException {
        Fault fault = take();
        failed(fault);
        return damaged(fault, super.open(name));
    }

    @Override
    public InputStream open(String name, long offset, long length) throws IOException {
        Fault fault = take();
        failed(fault);
        return damaged(fault, super.open(name, offset, length));
    }

    @Override
    public ObjectInfo stat(String name) throws IOException {
        failed(take());
        return super.stat(name);
    }

    @Override
    public List<ObjectInfo> list(String prefix) throws IOException {
        Fault fault = take();
        failed(fault);
        List<ObjectInfo> all = super.list(prefix);
        return fault == Fault.STALE_LIST && !all.isEmpty() ? all.subList(0, all.size() - 1) : all;
    }

    @Override
    public void delete(String name) throws IOException {
        Fault fault = take();
        if (fault == Fault.ANSWER_LOST) {
            super.delete(name);
        }
        failed(fault);
        super.delete(name);
    }

    private static void failed(Fault fault) throws IOException {
        switch (fault) {
            case UNREACHABLE, ANSWER_LOST, OUTCOME_UNKNOWN -> throw unreachable();
            default -> {}
        }
    }

    private static InputStream damaged(Fault fault, InputStream whole) throws IOException {
        if (fault != Fault.BROKEN_READ && fault != Fault.SHORT_READ && fault != Fault.FLIPPED_BIT) {
            return whole;
        }
        try (whole) {
            byte[] bytes = whole.readAllBytes();
            int middle = bytes.length / 2;
            if (fault == Fault.FLIPPED_BIT) {
                bytes[middle] ^= 1;
                return new ByteArrayInputStream(bytes);
            }
            InputStream half = new ByteArrayInputStream(bytes, 0, middle);
            return fault == Fault.SHORT_READ ? half : new SequenceInputStream(half, new BrokenInputStream());
        }
    }

    private static IOException unreachable() {
        return new IOException("planned: the store cannot be reached");
    }

    private static final class BrokenInputStream extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("planned: the connection broke");
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            return read();
        }
    }
}
