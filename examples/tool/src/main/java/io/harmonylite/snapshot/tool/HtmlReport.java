package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.PruneReport;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.health.HealthPolicy;
import io.harmonylite.snapshot.health.HealthReason;
import io.harmonylite.snapshot.health.SnapshotHealth;
import io.harmonylite.snapshot.health.StreamHealth;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Renders a report as one page without scripts, images or links, for wide and narrow, light and dark screens.
 *
 * @param listed the snapshots with their marks
 * @param health the health of store and streams
 * @param policy its thresholds
 * @param keep what the next prune keeps; null if no retention is given
 * @param prune dry run of the next prune; null if it failed
 * @param failure why it failed, such as a store that may only be read
 * @param html the page
 */
record HtmlReport(
        Listed listed,
        SnapshotHealth health,
        HealthPolicy policy,
        @Nullable String keep,
        @Nullable PruneReport prune,
        @Nullable String failure,
        Html html) {

    /** Number of columns that a telephone shows apart. The table has all snapshots. */
    private static final int COLUMNS = 60;

    private static final int DRILLS = 10;

    private Instant now() {
        return health.facts().now();
    }

    /** Returns the page. */
    String page(String name, String store) {
        html.open("body").open("header").element("h1", name);
        html.element("p", store + ", " + time(now()));
        html.element("span", health.state(), "class", "state " + Text.word(health.state()))
                .close();
        reasons();
        figures();
        timeline();
        streams();
        drills();
        snapshots();
        return html.close() + "</html>\n";
    }

    /** Returns the start of a page, with its style sheet. */
    static Html start() {
        try (InputStream start = HtmlReport.class.getResourceAsStream("report.html")) {
            return new Html(new String(Objects.requireNonNull(start).readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS)
                .toString()
                .replace('T', ' ')
                .replace("Z", " UTC");
    }

    private void reasons() {
        html.open("ul", "class", "reasons");
        for (HealthReason reason : health.reasons()) {
            html.open("li", "class", Text.word(reason.cause().state()));
            html.element("b", Text.word(reason.cause()))
                    .text(" " + reason.sentence())
                    .close();
        }
        if (health.isOk()) {
            html.element("li", "A lost node can be replaced from a proven snapshot.", "class", "ok");
        }
        html.close();
    }

    private void figures() {
        html.open("section", "class", "figures");
        html.open("div")
                .element("h2", "In use")
                .element("p", Text.count(health.facts().snapshots(), "snapshot"));
        html.element("small", Text.bytes(health.facts().bytesStored()) + " stored")
                .close();
        age("Newest snapshot", health.newestAge(), policy.maxSnapshotAge());
        age("Last proof", health.proofAge(), policy.maxProofAge());
        html.open("div").element("h2", "Next prune");
        if (prune == null) {
            html.element("p", "unknown").element("small", String.valueOf(failure));
        } else {
            html.element("p", "frees " + Text.bytes(prune.bytesFreed()));
            html.element(
                    "small",
                    (prune.isStopped() ? "stopped by an unreadable manifest; " : "")
                            + "retires " + prune.retired().size() + "; " + Text.bytes(prune.bytesWaiting())
                            + " later; keeps "
                            + (keep == null ? "all, as no retention is given" : keep));
        }
        html.close().close();
    }

    private void age(String title, Optional<Duration> age, Duration limit) {
        html.open("div").element("h2", title);
        html.element(
                "p",
                age.map(known -> Text.since(now().minus(known), now()) + " ago").orElse("none"));
        double share =
                age.map(known -> (double) known.toSeconds() / limit.toSeconds()).orElse(2.0);
        html.open("div", "class", "meter");
        html.element("i", "", "class", share <= 1 ? "ok" : "failing", "style", "width:" + percent(share));
        html.close().element("small", "limit " + Text.age(limit)).close();
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f%%", 100 * Math.max(0, Math.min(1, share)));
    }

    private void timeline() {
        List<SnapshotId> ids = new ArrayList<>(listed.ids());
        if (ids.isEmpty()) {
            return;
        }
        List<SnapshotId> shown = ids.subList(Math.max(0, ids.size() - COLUMNS), ids.size());
        html.open("section").element("h2", "Timeline");
        html.element("small", "One column for each snapshot, the latest " + COLUMNS + ", oldest left.");
        bars(shown, "new", "New bytes", SnapshotInfo::storedBytes);
        bars(shown, "referenced", "Bytes of earlier takes", SnapshotInfo::referencedBytes);
        html.open("div", "class", "row marks");
        for (SnapshotId id : shown) {
            html.open("div");
            listed.marks(id, now()).forEach(mark -> mark(mark.split(" ", 2)[0], mark));
            html.close();
        }
        html.close()
                .open("div", "class", "ends")
                .element("span", time(shown.get(0).time()));
        html.element("span", time(shown.get(shown.size() - 1).time())).close();
        html.open("p", "class", "legend");
        for (String mark : List.of("proven", "pinned", "retired")) {
            mark(mark, mark);
            html.text(mark + " ");
        }
        mark("other", "other");
        html.text("late, unreadable, doubtful, pending or missing").close().close();
    }

    private void mark(String mark, String title) {
        boolean isPlain = List.of("proven", "pinned", "retired").contains(mark);
        html.element("i", "", "class", isPlain ? mark : "other", "title", title);
    }

    private void bars(List<SnapshotId> shown, String kind, String title, ToLongFunction<SnapshotInfo> bytes) {
        long most = shown.stream().mapToLong(id -> bytes(id, bytes)).max().orElse(0);
        html.element("h3", title + ", at most " + Text.bytes(most));
        html.open("div", "class", "row " + kind);
        for (SnapshotId id : shown) {
            long each = bytes(id, bytes);
            html.open("div", "title", time(id.time()) + ": " + Text.bytes(each));
            html.element("i", "", "style", "height:" + percent(most == 0 ? 0 : (double) each / most))
                    .close();
        }
        html.close();
    }

    private long bytes(SnapshotId id, ToLongFunction<SnapshotInfo> bytes) {
        SnapshotInfo snapshot = listed.find(id);
        return snapshot == null ? 0 : bytes.applyAsLong(snapshot);
    }

    private void streams() {
        if (health.facts().streams().isEmpty()) {
            return;
        }
        html.open("section").element("h2", "Streams");
        health.facts().streams().forEach(this::stream);
        html.close();
    }

    private void stream(StreamHealth stream) {
        double kept = Math.max(1, stream.last() - stream.first() + 1);
        long behind = stream.saved() - stream.first() + 1;
        boolean isEnough = stream.headroom().share() >= policy.minHeadroom();
        html.element("h3", stream.stream()).open("div", "class", "meter stream");
        html.element("i", "", "class", "saved", "style", "width:" + percent(behind / kept));
        html.element("i", "", "class", "unsaved", "style", "width:" + percent((stream.last() - stream.saved()) / kept));
        html.close().open("p");
        html.text(
                behind < 0
                        ? "Gap: messages " + (stream.saved() + 1) + " to " + (stream.first() - 1)
                                + " are neither in the stream nor in the latest snapshot. "
                        : "Reaches " + behind + " messages behind the latest snapshot, and "
                                + Math.max(0, stream.last() - stream.saved()) + " after it. ");
        html.close().open("p").text("Headroom ");
        html.element("b", percent(stream.headroom().share()), "class", isEnough ? "ok" : "stale");
        html.text(", limit " + percent(policy.minHeadroom())
                        + stream.headroom()
                                .lasts()
                                .map(lasts -> "; lasts " + Text.age(lasts))
                                .orElse("")
                        + ". Lag " + stream.lag() + ".")
                .close();
    }

    private void drills() {
        html.open("section").element("h2", "Last drills");
        if (listed.proofs().isEmpty()) {
            html.element("p", "No snapshot was proven.");
        }
        html.open("ul");
        listed.proofs().stream()
                .limit(DRILLS)
                .forEach(proof -> html.element(
                        "li",
                        time(proof.storedAt()) + ", " + Text.since(proof.storedAt(), now()) + " ago: "
                                + proof.snapshot() + " in " + Text.age(proof.elapsed())));
        html.close().close();
    }

    private void snapshots() {
        html.open("section")
                .element("h2", "Snapshots, latest first")
                .open("div", "class", "scroll")
                .open("table");
        html.open("tr");
        List.of("Snapshot", "Age", "Image", "New", "Referenced", "Marks", "Positions")
                .forEach(title -> html.element("th", title));
        html.close();
        List<SnapshotId> ids = new ArrayList<>(listed.ids());
        for (int i = ids.size() - 1; i >= 0; i--) {
            html.open("tr");
            ListCommand.row(listed, ids.get(i), now()).forEach(cell -> html.element("td", cell));
            html.close();
        }
        html.close().close().close();
    }
}
