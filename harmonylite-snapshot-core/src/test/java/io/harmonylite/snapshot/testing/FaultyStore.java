package io.harmonylite.snapshot.testing;

import io.harmonylite.snapshot.store.ForwardingSnapshotStore;
import io.harmonylite.snapshot.store.IndeterminateWriteException;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.store.StoreAccessException;
import io.harmonylite.snapshot.store.StoreFullException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A store whose calls fail, block or return false data as planned. Each call takes the next fault of a queue; calls pass if
 * the queue is empty. A call is one of {@code putIfAbsent}, {@code open}, {@code stat}, {@code list} and {@code delete};
 * {@code deleteAll} is one {@code delete} for each name, and {@code close} never fails.
 *
 * <p>A test of code that uses a store makes the first call fail, then the second, and so on until the work is done before
 * the fault is reached:
 *
 * <pre>{@code
 * for (int k = 0; ; k++) {
 *     FaultyStore store = new FaultyStore(good).at(k, Fault.UNREACHABLE);
 *     // do the work, then check the result
 *     if (store.calls() <= k) {
 *         break;
 *     }
 * }
 * }</pre>
 *
 * <p>Thread-safe: calls take their faults in the order of their arrival.
 */
public final class FaultyStore extends ForwardingSnapshotStore {

    private final Deque<Fault> faults = new ArrayDeque<>();
    private final List<String> log = new ArrayList<>();
    private final CountDownLatch hanging = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private Fault afterwards = Fault.NONE;
    private Duration slowness = Duration.ofMillis(20);

    /** Puts faults in front of a store. */
    public FaultyStore(SnapshotStore store) {
        super(store);
    }

    /** Adds faults for the next calls, in order. */
    public synchronized FaultyStore next(Fault... upcoming) {
        faults.addAll(List.of(upcoming));
        return this;
    }

    /** Sets the fault of one call, counted from 0 from now on; the calls before and after it pass. */
    public synchronized FaultyStore at(int number, Fault fault) {
        return from(number, Fault.NONE).next(fault);
    }

    /** Sets the fault of one call, counted from 0 from now on, and of all later calls; the calls before it pass. */
    public synchronized FaultyStore from(int number, Fault fault) {
        faults.clear();
        faults.addAll(Collections.nCopies(number, Fault.NONE));
        afterwards = fault;
        return this;
    }

    /** Sets the delay of {@link Fault#SLOW} calls; default 20 milliseconds. */
    public synchronized FaultyStore slowness(Duration value) {
        slowness = value;
        return this;
    }

    /** Returns the number of calls so far. */
    public synchronized int calls() {
        return log.size();
    }

    /** Returns the calls so far, for example {@code put orders/clock/…}. */
    public synchronized List<String> log() {
        return List.copyOf(log);
    }

    /** Waits up to one minute until a call blocks; returns whether one does. */
    public boolean awaitHanging() throws InterruptedException {
        return hanging.await(1, TimeUnit.MINUTES);
    }

    /** Passes all blocked calls, now and later. */
    public void release() {
        released.countDown();
    }

    private Fault take(String call, String name) throws IOException {
        Fault fault = taken(call, name);
        if (fault == Fault.HANG) {
            hanging.countDown();
            pause(Duration.ofDays(1));
        } else if (fault == Fault.SLOW) {
            pause(slowness());
        } else if (fault == Fault.FORBIDDEN) {
            throw new StoreAccessException("planned: not allowed to " + call + " " + name);
        }
        return fault;
    }

    private synchronized Fault taken(String call, String name) {
        log.add(call + " " + name);
        Fault next = faults.poll();
        return next == null ? afterwards : next;
    }

    private synchronized Duration slowness() {
        return slowness;
    }

    /** Waits; returns whether it was released before the time ended. */
    private boolean pause(Duration longest) throws InterruptedIOException {
        try {
            return released.await(longest.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("interrupted while waiting for the store");
            interrupted.initCause(e);
            throw interrupted;
        }
    }

    @Override
    public void putIfAbsent(String name, ObjectSource source) throws IOException {
        switch (take("put", name)) {
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
        Fault fault = take("open", name);
        if (fault != Fault.BROKEN_READ) {
            failed(fault);
        }
        return damaged(fault, super.open(name));
    }

    @Override
    public InputStream open(String name, long offset, long length) throws IOException {
        Fault fault = take("open", name);
        if (fault != Fault.BROKEN_READ) {
            failed(fault);
        }
        return damaged(fault, super.open(name, offset, length));
    }

    @Override
    public ObjectInfo stat(String name) throws IOException {
        failed(take("stat", name));
        return super.stat(name);
    }

    @Override
    public List<ObjectInfo> list(String prefix) throws IOException {
        Fault fault = take("list", prefix);
        failed(fault);
        List<ObjectInfo> all = super.list(prefix);
        return fault == Fault.STALE_LIST && !all.isEmpty() ? all.subList(0, all.size() - 1) : all;
    }

    @Override
    public void delete(String name) throws IOException {
        Fault fault = take("delete", name);
        if (fault == Fault.ANSWER_LOST) {
            super.delete(name);
        }
        failed(fault);
        super.delete(name);
    }

    @Override
    public void deleteAll(Collection<String> names) throws IOException {
        for (String name : names) {
            delete(name);
        }
    }

    private static void failed(Fault fault) throws IOException {
        switch (fault) {
            case UNREACHABLE, ANSWER_LOST, OUTCOME_UNKNOWN, BROKEN_READ -> throw unreachable();
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
