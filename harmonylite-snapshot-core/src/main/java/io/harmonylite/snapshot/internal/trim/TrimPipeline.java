package io.harmonylite.snapshot.internal.trim;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.internal.catalog.Proofs;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.changelog.PublishedChanges;
import io.harmonylite.snapshot.internal.concurrent.Interruption;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.stream.StreamReader;
import io.harmonylite.snapshot.recovery.StreamFacts;
import io.harmonylite.snapshot.stream.StreamState;
import io.harmonylite.snapshot.stream.Streams;
import io.harmonylite.snapshot.trim.StreamTrim;
import io.harmonylite.snapshot.trim.TrimBound;
import io.harmonylite.snapshot.trim.TrimPolicy;
import io.harmonylite.snapshot.trim.TrimReport;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Trims streams and change logs, after all is decided and the proven snapshots were looked up again. */
public final class TrimPipeline {

    private final Services services;
    private final SnapshotCatalog catalog;
    private final Streams streams;
    private final StreamReader reader;
    private final TrimPolicy policy;

    public TrimPipeline(Services services, SnapshotCatalog catalog, Streams streams, TrimPolicy policy) {
        this.services = services;
        this.catalog = catalog;
        this.streams = streams;
        this.reader = StreamReader.forTrim(streams);
        this.policy = policy;
    }

    /** Trims the streams, and the change logs of a database if there is one. */
    public TrimReport run(@Nullable Positions own, @Nullable DatabasePath database) {
        long start = System.nanoTime();
        TrimFacts facts = services.stages().run(Stage.SURVEY, () -> gather(own));
        List<StreamTrim> decided = services.stages().run(Stage.SURVEY, () -> decide(facts));
        List<SnapshotId> proven = facts.proven().stream().map(SnapshotInfo::id).toList();
        if (policy.isDryRun()) {
            return report(proven, decided, changeLogs(facts, database), start);
        }
        return services.stages().run(Stage.SWEEP, () -> {
            requireInUse(proven);
            List<StreamTrim> done = new ArrayList<>();
            for (StreamTrim trim : decided) {
                Interruption.check();
                done.add(reader.read(trim.stream(), () -> purge(trim, facts)));
            }
            return report(proven, done, changeLogs(facts, database), start);
        });
    }

    private TrimReport report(
            List<SnapshotId> proven, List<StreamTrim> trims, SortedMap<String, Long> rows, long start) {
        return new TrimReport(policy.isDryRun(), proven, trims, rows, Duration.ofNanos(System.nanoTime() - start));
    }

    private TrimFacts gather(@Nullable Positions own) {
        List<SnapshotInfo> proven = new Proofs(catalog).latest();
        List<StreamFacts> facts = new ArrayList<>();
        Map<String, Long> members = new TreeMap<>();
        for (String stream : streams.names()) {
            Interruption.check();
            facts.add(facts(stream, proven, own));
            reader.read(stream, () -> policy.members().lowest(stream)).ifPresent(lowest -> members.put(stream, lowest));
        }
        return new TrimFacts(proven, own, facts, members);
    }

    private StreamFacts facts(String stream, List<SnapshotInfo> proven, @Nullable Positions own) {
        Stream<Positions> all = proven.stream().map(SnapshotInfo::positions);
        return reader.facts(stream, null, sequences(stream, own == null ? all : Stream.concat(all, Stream.of(own))));
    }

    private static Collection<Long> sequences(String stream, Stream<Positions> positions) {
        return positions
                .flatMap(each -> each.of(stream).stream())
                .map(StreamPosition::sequence)
                .filter(sequence -> sequence > 0)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private List<StreamTrim> decide(TrimFacts facts) {
        List<StreamTrim> decided = new ArrayList<>();
        for (StreamTrim trim : TrimRule.decide(facts, policy.messagesKept())) {
            decided.add(reader.read(trim.stream(), () -> byAge(trim, facts)));
        }
        return List.copyOf(decided);
    }

    private StreamTrim byAge(StreamTrim trim, TrimFacts facts) throws IOException {
        StreamState state = facts.state(trim.stream());
        if (!trim.isTrimmed() || policy.ageKept().isZero() || state == null) {
            return trim;
        }
        long oldest = new AgeSearch(streams, trim.stream())
                .oldest(trim.first(), trim.keptFrom(), state.last(), policy.ageKept());
        return oldest >= trim.keptFrom()
                ? trim
                : new StreamTrim(trim.stream(), trim.first(), oldest, oldest - trim.first(), TrimBound.AGE_KEPT);
    }

    private StreamTrim purge(StreamTrim trim, TrimFacts facts) throws IOException {
        StreamState state = facts.state(trim.stream());
        if (!trim.isTrimmed() || state == null) {
            return trim;
        }
        long removed = policy.purge().purgeBefore(trim.stream(), state.created(), trim.keptFrom());
        return new StreamTrim(trim.stream(), trim.first(), trim.keptFrom(), removed, trim.bound());
    }

    /** Rejects the trim if a person has retired a snapshot since the facts were gathered. */
    private void requireInUse(List<SnapshotId> proven) {
        Set<SnapshotId> inUse = catalog.inUse();
        proven.stream().filter(id -> !inUse.contains(id)).findFirst().ifPresent(id -> {
            throw new SnapshotNotFoundException("snapshot " + id
                    + " was retired during the trim, so nothing was removed; prove another snapshot, and trim again");
        });
    }

    private SortedMap<String, Long> changeLogs(TrimFacts facts, @Nullable DatabasePath database) {
        if (database == null
                || policy.changeLogAge().isEmpty()
                || facts.proven().size() < Proofs.RELIED_ON) {
            return Collections.unmodifiableSortedMap(new TreeMap<>());
        }
        Instant before = services.clock().instant().minus(policy.changeLogAge().get());
        for (SnapshotInfo snapshot : facts.proven()) {
            before = snapshot.created().isBefore(before) ? snapshot.created() : before;
        }
        PublishedChanges logs = new PublishedChanges(database, services.connector());
        return policy.isDryRun() ? logs.count(before) : logs.remove(before);
    }
}
