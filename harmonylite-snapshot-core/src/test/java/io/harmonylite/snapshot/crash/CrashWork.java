package io.harmonylite.snapshot.crash;

import io.harmonylite.snapshot.Compaction;
import io.harmonylite.snapshot.PruneRequest;
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
 * Everything the library writes. The stream has messages 41 to 60 of 60; the store has snapshots at 41, which is retired, at
 * 43, at 45, which is pinned, and at 50, and a pack that no manifest names.
 */
enum CrashWork {
    /** Counts two messages in a file beside the database. */
    APPLY_FILE(Kind.FILE, 55, 57, (node, acknowledged) -> apply(node, 57, acknowledged)),

    /** Counts two messages in a table of the database. */
    APPLY_TABLE(Kind.TABLE, 55, 57, (node, acknowledged) -> apply(node, 57, acknowledged)),

    /** Takes while the database is open, and its log holds a message. */
    TAKE(Kind.FILE, 55, 56, (node, acknowledged) -> {
        try (Connection host = node.open()) {
            node.apply(host, 56, acknowledged);
            node.builder().compaction(Compaction.ALWAYS).build().take();
        }
    }),

    /** Takes while nobody uses the database. */
    TAKE_TABLE(
            Kind.TABLE,
            55,
            55,
            (node, acknowledged) ->
                    node.builder().compaction(Compaction.NEVER).build().take()),

    /** Restores a stream back, and keeps the old file. */
    SWAP(
            Kind.FILE,
            55,
            50,
            (node, acknowledged) ->
                    node.manager().restore(RestoreRequest.latest().keepPrevious())),

    /** Restores a stream back whose positions are inside. */
    SWAP_TABLE(Kind.TABLE, 55, 50, (node, acknowledged) -> node.manager().restore(RestoreRequest.latest())),

    /** Restores a stream back under an open connection. */
    ONLINE(Kind.FILE, 55, 50, (node, acknowledged) -> online(node)),

    /** Restores a stream back whose positions are inside, under an open connection. */
    ONLINE_TABLE(Kind.TABLE, 55, 50, (node, acknowledged) -> online(node)),

    /** Recovers a node that was away too long. */
    RECOVER(Kind.FILE, 30, 50, (node, acknowledged) -> node.manager().recover()),

    /** Recovers a node that was away too long, whose positions are inside. */
    RECOVER_TABLE(Kind.TABLE, 30, 50, (node, acknowledged) -> node.manager().recover()),

    /** Recovers a new node. */
    RECOVER_NEW(Kind.FILE, 0, 50, (node, acknowledged) -> node.manager().recover()),

    /** Retires what is not kept. */
    PRUNE(
            Kind.FILE,
            55,
            55,
            (node, acknowledged) ->
                    node.manager().repository().prune(PruneRequest.retain(RetentionPolicy.keepLast(1)))),

    /** Removes what is retired and what nobody names. */
    SWEEP(Kind.FILE, 55, 55, (node, acknowledged) -> node.manager().repository().prune(sweep()));

    final Kind kind;
    final long before;
    final long after;

    @SuppressWarnings("ImmutableEnumChecker") // lambdas that hold nothing
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

    /** Does it. */
    @FunctionalInterface
    interface Body {

        /** Tells every message that was applied durably. */
        void run(CrashNode node, LongConsumer acknowledged) throws Exception;
    }
}
