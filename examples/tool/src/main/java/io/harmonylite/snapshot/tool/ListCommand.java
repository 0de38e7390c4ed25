package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotListing;
import io.harmonylite.snapshot.SnapshotProof;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists the snapshots in a store, or the names in it. */
@Command(
        name = "list",
        description = {
            "Lists the snapshots of a database, oldest first; without --name, the names in the store.",
            "NEW is what the take stored, REFERENCED what the snapshot needs of earlier takes. Marks: pinned; proven, with"
                    + " the age of the proof; pending, with changes that were not published; missing?, may lack messages;"
                    + " doubtful, time that cannot be right; late, stored too late to count; retired; unreadable.",
            "The status is 0 for an empty list and 3 for a missing store. Unreadable snapshots, and those"
                    + " whose times cannot be right, are listed with the reason."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  snapshot-tool list --store file:/backup --name orders", "  snapshot-tool list --store file:/backup"
        })
final class ListCommand implements Callable<Integer> {

    @Mixin
    private final StoreOptions store = new StoreOptions();

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "Name of the database's snapshots in the store; default: list the names.")
    private @Nullable SnapshotName name;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Override
    public Integer call() throws IOException {
        try (SnapshotStore opened = store.open()) {
            if (name == null) {
                List<String> names = List.copyOf(SnapshotRepository.names(opened));
                output.result(Map.of("names", names), names.isEmpty() ? List.of("No snapshots in " + store) : names);
            } else {
                Listed listed = Listed.of(store.repository(name.text(), opened).build());
                output.result(
                        document(name.text(), listed),
                        lines(listed, InstantSource.system().instant()));
            }
        }
        return ExitStatus.DONE.code();
    }

    /** Returns the document of a listing with its marks. */
    static Map<String, @Nullable Object> document(String name, Listed listed) {
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("name", name);
        document.put(
                "snapshots",
                listed.listing().snapshots().stream().map(Documents::snapshot).toList());
        document.put("pinned", List.copyOf(listed.pinned()));
        document.put("retired", List.copyOf(listed.retired()));
        document.put(
                "proofs", listed.proofs().stream().map(ListCommand::document).toList());
        document.put("unreadable", Documents.problems(listed.listing().unreadable()));
        document.put("doubts", Documents.doubts(listed.listing().doubts()));
        return document;
    }

    private static Map<String, @Nullable Object> document(SnapshotProof proof) {
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("id", proof.snapshot());
        document.put("storedAt", proof.storedAt());
        document.put("provenAt", proof.provenAt());
        document.put("seconds", Documents.seconds(proof.elapsed()));
        return document;
    }

    private List<String> lines(Listed listed, Instant now) {
        List<String> lines = new ArrayList<>();
        if (listed.ids().isEmpty()) {
            lines.add("No snapshots of " + name + " in " + store);
        } else {
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of("ID", "AGE", "IMAGE", "NEW", "REFERENCED", "MARKS", "POSITIONS"));
            listed.ids().forEach(id -> rows.add(row(listed, id, now)));
            lines.addAll(Text.table(rows));
        }
        SnapshotListing listing = listed.listing();
        listing.unreadable().forEach((id, problem) -> lines.add("UNREADABLE " + id + ": " + Failures.message(problem)));
        listing.doubts().forEach((id, doubt) -> lines.add("DOUBTFUL TIME " + id + ": " + doubt));
        return lines;
    }

    /** Returns the cells of a snapshot. */
    static List<String> row(Listed listed, SnapshotId id, Instant now) {
        SnapshotInfo snapshot = listed.find(id);
        String marks = String.join(", ", listed.marks(id, now));
        return snapshot == null
                ? List.of(id.toString(), Text.since(id.time(), now), "", "", "", marks, "")
                : List.of(
                        id.toString(),
                        Text.since(snapshot.storedAt(), now),
                        Text.bytes(snapshot.image().bytes()),
                        Text.bytes(snapshot.storedBytes()),
                        Text.bytes(snapshot.referencedBytes()),
                        marks,
                        Text.positions(snapshot.positions()));
    }
}
