package io.harmonylite.snapshot.internal.recovery;

import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.HandoverRejectedException;
import io.harmonylite.snapshot.exception.QuarantinedRowsException;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteChanges;
import io.harmonylite.snapshot.internal.changelog.Quarantine;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.LiveReader;
import io.harmonylite.snapshot.internal.sqlite.SqliteConnector;
import io.harmonylite.snapshot.recovery.HandoverReport;
import io.harmonylite.snapshot.recovery.RecoveryPlan;
import io.harmonylite.snapshot.recovery.StreamGapException;
import io.harmonylite.snapshot.recovery.StreamPlan;
import io.harmonylite.snapshot.stream.StreamState;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/** Checks whether HarmonyLite can be started on a database and a sequence map without losing rows. Used once. */
final class Handover {

    private final DatabasePath database;
    private final RecoveryPlan.Proceed plan;
    private final SortedMap<String, Long> backlog = new TreeMap<>();
    private final List<String> behindFirst = new ArrayList<>();

    private Handover(DatabasePath database, RecoveryPlan.Proceed plan) {
        this.database = database;
        this.plan = plan;
    }

    /** Checks a node by its recovery plan, made without snapshots. */
    static HandoverReport check(DatabasePath database, RecoveryPlan plan, SqliteConnector connector) {
        if (plan instanceof RecoveryPlan.Gap) {
            throw new StreamGapException(
                    database
                            + " cannot be handed over, because messages that it has not applied were removed from their"
                            + " stream; recover it first",
                    plan);
        }
        if (plan instanceof RecoveryPlan.Stop stop) {
            throw stop.exception();
        }
        return new Handover(database, (RecoveryPlan.Proceed) plan).check(connector.untrusting());
    }

    private HandoverReport check(SqliteConnector connector) {
        String quarantined = LiveReader.look(database, connector, Quarantine::names);
        if (!quarantined.isEmpty()) {
            throw new QuarantinedRowsException(
                    database + " cannot be handed over, because rows are in its quarantine, which"
                            + " HarmonyLite does not read: " + quarantined
                            + ". Write the rows again on a node of the cluster, or"
                            + " remove them from the quarantine");
        }
        long pending = LiveReader.look(database, connector, HarmonyLiteChanges.create()::count);
        plan.streams().forEach(this::examine);
        if (!backlog.isEmpty() || !behindFirst.isEmpty()) {
            throw rejected(pending);
        }
        return new HandoverReport(plan.resume(), pending);
    }

    private void examine(StreamPlan stream) {
        StreamState state = Objects.requireNonNull(stream.facts().state(), "a missing stream stops the plan");
        long position =
                plan.resume().of(stream.stream()).map(StreamPosition::sequence).orElse(0L);
        long behind = state.last() - Math.max(position, state.beforeStart());
        if (behind > 0) {
            backlog.put(stream.stream(), behind);
        }
        boolean isUnused = state.last() == 0; // The server reports 0 as its first sequence.
        if (position < state.first() && !isUnused) {
            behindFirst.add("the position of " + stream.stream() + " is " + position + ", and its first message is "
                    + state.first());
        }
    }

    private HandoverRejectedException rejected(long pending) {
        long messages = backlog.values().stream().mapToLong(Long::longValue).sum();
        StringBuilder text = new StringBuilder("HarmonyLite must not be started on " + database + ": pending changes: "
                + pending + ", messages to apply: " + messages);
        if (messages > 0) {
            text.append(' ')
                    .append(backlog)
                    .append(". It would count the messages as applied when it publishes a change (fault D4)");
        }
        if (!behindFirst.isEmpty()) {
            text.append(". It would restore its own snapshot over the database, because ")
                    .append(String.join(", and ", behindFirst))
                    .append(" (fault D9)");
        }
        text.append(
                messages > 0
                        ? ". Apply the messages first (in the tool --catch-up)"
                        : ". Wait for a message in the stream and apply it (in the tool --catch-up), or export a snapshot"
                                + " of this database for HarmonyLite after its pending changes are published");
        return new HandoverRejectedException(text.toString(), pending, messages);
    }
}
