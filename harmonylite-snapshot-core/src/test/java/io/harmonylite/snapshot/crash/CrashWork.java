package io.harmonylite.snapshot.crash;

import io.harmonylite.snapshot.Compaction;
import io.harmonylite.snapshot.PruneRequest;
import io.harmonylite.snapshot.RestoreReport;
import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.RetentionPolicy;
import io.harmonylite.snapshot.TestDatabase;
import io.harmonylite.snapshot.WriteBarrier;
import io.harmonylite.snapshot.crash.CrashNode.Kind;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.LongConsumer;

/**
 * The operations of the library that write. The stream has messages 41 to 60 of 60. The store has snapshots at 41
 * (retired), 43, 45 (pinned) and 50, and a pack without a manifest.
 */
enum CrashWork {
    /** Counts two messages in a file map. */
    APPLY_FILE(Kind.FILE, 55, 57, (node, acknowledged) -> apply(node, 57, acknowledged)),

    /** Counts two messages in a table map. */
    APPLY_TABLE(Kind.TABLE, 55, 57, (node, acknowledged) -> apply(node, 57, acknowledged)),

    /** Takes a snapshot while the database is open and its WAL holds a message. */
    TAKE(Kind.FILE, 55, 56, (node, acknowledged) -> {
        try (Connection host = node.open()) {
            node.apply(host, 56, acknowledged);
            node.builder().compaction(Compaction.ALWAYS).build().take();
        }
    }),

    /** Takes a snapshot while the database is closed. */
    TAKE_TABLE(
            Kind.TABLE,
            55,
            55,
            (node, acknowledged) ->
                    node.builder().compaction(Compaction.NEVER).build().take()),

    /** Restores an older position by swap, with some pages of the old database, and keeps the old file. */
    SWAP(Kind.FILE, 55, 50, (node, acknowledged) -> {
        RestoreReport report = node.manager().restore(RestoreRequest.latest().keepPrevious());
        if (report.bytesReused() == 0 || report.bytesFetched() == 0) {
            throw new AssertionError(report);
        }
    }),

    /** Restores an older position by swap, with a table map. */
    SWAP_TABLE(Kind.TABLE, 55, 50, (node, acknowledged) -> node.manager().restore(RestoreRequest.latest())),

    /** Restores an older position online. */
    ONLINE(Kind.FILE, 55, 50, (node, acknowledged) -> online(node)),

    /** Restores an older position online, with a table map. */
    ONLINE_TABLE(Kind.TABLE, 55, 50, (node, acknowledged) -> online(node)),

    /** Recovers a node behind the first message of the stream. */
    RECOVER(Kind.FILE, 30, 50, (node, acknowledged) -> node.manager().recover()),

    /** Recovers a node behind the first message of the stream, with a table map. */
    RECOVER_TABLE(Kind.TABLE, 30, 50, (node, acknowledged) -> node.manager().recover()),

    /** Recovers a new node. */
    RECOVER_NEW(Kind.FILE, 0, 50, (node, acknowledged) -> node.manager().recover()),

    /** Retires snapshots. */
    PRUNE(
            Kind.FILE,
            55,
            55,
            (node, acknowledged) ->
                    node.manager().repository().prune(PruneRequest.retain(RetentionPolicy.keepLast(1)))),

    /** Removes retired snapshots and orphans. */
    SWEEP(Kind.FILE, 55, 55, (node, acknowledged) -> node.manager().repository().prune(sweep()));

    final Kind kind;
    final long before;
    final long after;

    @SuppressWarnings("ImmutableEnumChecker") // Stateless lambdas.
    private final Body body;

    CrashWork(Kind kind, long before, long after, Body body) {
        this.kind = kind;
        this.before = before;
        this.after = after;
        this.body = body;
    }

    void run(CrashNode node, LongConsumer acknowledged) throws Exception {
        body.run(node, acknowledged);
    }

    static CrashWork any(Random random) {
        return List.of(values()).get(random.nextInt(values().length));
    }

    boolean isPrune() {
        return this == PRUNE || this == SWEEP;
    }

    boolean isTake() {
        return this == TAKE || this == TAKE_TABLE;
    }

    boolean isApply() {
        return this == APPLY_FILE || this == APPLY_TABLE || this == TAKE;
    }

    static PruneRequest sweep() {
        return PruneRequest.retain(RetentionPolicy.keepLast(1)).gracePeriod(Duration.ZERO);
    }

    private static void apply(CrashNode node, long last, LongConsumer acknowledged) throws Exception {
        try (Connection host = node.open()) {
            node.apply(host, last, acknowledged);
        }
    }

    private static void online(CrashNode node) throws Exception {
        try (Connection host = node.open()) {
            TestDatabase.value(host, "SELECT count(*) FROM applied");
            node.manager().restore(RestoreRequest.latest().online(WriteBarrier.noWriters()));
        }
    }

    /** Does the work. */
    @FunctionalInterface
    interface Body {

        /** Reports every message that was applied durably. */
        void run(CrashNode node, LongConsumer acknowledged) throws Exception;
    }
}
