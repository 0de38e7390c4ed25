package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.internal.format.DataKey;
import io.harmonylite.snapshot.internal.format.PackWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The unfinished packs of a take. A worker borrows one for as long as it runs. What is left when all workers have ended
 * is joined, so that a small take stores one pack. Thread-safe.
 */
final class PackPool implements AutoCloseable {

    private final int level;
    private final @Nullable DataKey key;
    private final PackUpload upload;
    private final Deque<PackWriter> idle = new ArrayDeque<>();
    private final List<PackWriter> all = new ArrayList<>();

    /**
     * Creates an empty pool.
     *
     * @param level zstd level
     * @param key seals the packs; null if they are not sealed
     */
    PackPool(int level, @Nullable DataKey key, PackUpload upload) {
        this.level = level;
        this.key = key;
        this.upload = upload;
    }

    synchronized PackWriter borrow() {
        if (!idle.isEmpty()) {
            return idle.pop();
        }
        PackWriter writer = new PackWriter(level, key);
        all.add(writer);
        return writer;
    }

    synchronized void giveBack(PackWriter writer) {
        idle.push(writer);
    }

    /** Joins and stores the unfinished packs. Called while no worker runs. */
    void finish() {
        PackWriter open = null;
        for (PackWriter writer : List.copyOf(idle)) {
            if (open != null && !open.join(writer)) {
                upload.store(open);
                open = null;
            }
            if (!writer.isEmpty()) {
                open = writer;
            }
        }
        if (open != null) {
            upload.store(open);
        }
    }

    @Override
    public synchronized void close() {
        all.forEach(PackWriter::close);
    }
}
