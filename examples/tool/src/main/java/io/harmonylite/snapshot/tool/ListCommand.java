package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotListing;
import io.harmonylite.snapshot.SnapshotProof;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists the snapshots in a store. */
@Command(
        name = "list",
        description = {
            "Lists the snapshots of a database, oldest first, with their pins and proofs.",
            "The status is 0 for an empty list and 3 for a missing store. Unreadable snapshots, and those"
                    + " whose times cannot be right, are listed with the reason."
        },
        footerHeading = "%nExample:%n",
        footer = "  snapshot-tool list --store file:/backup --name orders")
final class ListCommand implements Callable<Integer> {

    @Mixin
    private final StoreOptions store = new StoreOptions();

    @Mixin
    private final NameOption name = new NameOption();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Override
    public Integer call() throws IOException {
        try (SnapshotStore opened = store.open()) {
            SnapshotRepository repository = SnapshotRepository.of(name.toString(), opened);
            SnapshotListing listing = repository.list();
            Marks marks = new Marks(repository.pinned(), repository.proofs());
            output.result(document(listing, marks), lines(listing, marks));
        }
        return ExitStatus.DONE.code();
    }

    private Map<String, @Nullable Object> document(SnapshotListing listing, Marks marks) {
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("name", name);
        document.put(
                "snapshots",
                listing.snapshots().stream().map(Documents::snapshot).toList());
        document.put("pinned", List.copyOf(marks.pinned()));
        document.put(
                "proofs", marks.proofs().stream().map(ListCommand::document).toList());
        document.put("unreadable", Documents.problems(listing.unreadable()));
        document.put("doubts", Documents.doubts(listing.doubts()));
        return document;
    }

    private static Map<String, @Nullable Object> document(SnapshotProof proof) {
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("id", proof.snapshot());
        document.put("storedAt", proof.storedAt());
        document.put("provenAt", proof.provenAt());
        return document;
    }

    private List<String> lines(SnapshotListing listing, Marks marks) {
        List<String> lines = new ArrayList<>();
        if (listing.snapshots().isEmpty()) {
            lines.add("No snapshots of " + name + " in " + store);
        } else {
            lines.add(row("ID", "CREATED", "IMAGE", "STORED", "REFERENCED", "POSITIONS"));
            listing.snapshots().forEach(snapshot -> lines.add(row(snapshot, marks)));
        }
        listing.unreadable().forEach((id, problem) -> lines.add("UNREADABLE " + id + ": " + Failures.message(problem)));
        listing.doubts().forEach((id, doubt) -> lines.add("DOUBTFUL TIME " + id + ": " + doubt));
        return lines;
    }

    private static String row(SnapshotInfo snapshot, Marks marks) {
        return row(
                snapshot.id(),
                snapshot.created(),
                Text.bytes(snapshot.image().bytes()),
                Text.bytes(snapshot.storedBytes()),
                Text.bytes(snapshot.referencedBytes()),
                Text.positions(snapshot.positions()) + marks.of(snapshot.id()));
    }

    private static String row(Object... cells) {
        return String.format(Locale.ROOT, "%-46s  %-24s  %10s  %10s  %10s  %s", cells);
    }

    /**
     * The pins and proofs in a store.
     *
     * @param pinned the pinned snapshots
     * @param proofs the proofs, latest first
     */
    private record Marks(Set<SnapshotId> pinned, List<SnapshotProof> proofs) {

        String of(SnapshotId id) {
            String proven = proofs.stream()
                    .filter(proof -> proof.snapshot().equals(id))
                    .findFirst()
                    .map(proof -> "  proven " + proof.storedAt())
                    .orElse("");
            return (pinned.contains(id) ? "  pinned" : "") + proven;
        }
    }
}
