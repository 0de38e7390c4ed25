package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.watch.TriggerInput;
import io.harmonylite.snapshot.watch.WatchDuty;
import io.harmonylite.snapshot.watch.WatchListener;
import io.harmonylite.snapshot.watch.WatchOutcome;
import io.harmonylite.snapshot.watch.WatchReport;
import io.harmonylite.snapshot.watch.WatchStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reports the runs of the background loop as they end, and counts them. Thread-safe. */
final class WatchedRuns implements WatchListener {

    private final OutputOptions output;
    private final List<String> taken = new ArrayList<>();
    private Supplier<WatchStatus> status = () -> WatchStatus.NOT_STARTED;
    private int failures;

    WatchedRuns(OutputOptions output) {
        this.output = output;
    }

    /** Sets the source of the status line. */
    synchronized void watch(Supplier<WatchStatus> watched) {
        status = watched;
    }

    @Override
    public synchronized void reported(WatchReport report) {
        if (report.outcome() == WatchOutcome.FAILED) {
            failures++;
        }
        if (report.duty() == WatchDuty.TAKE && report.outcome() == WatchOutcome.DONE) {
            report.snapshot().ifPresent(snapshot -> taken.add(snapshot.id().toString()));
        }
        if (report.outcome() != WatchOutcome.NOT_DUE && report.outcome() != WatchOutcome.BUSY) {
            output.event(document(report), sentence(report));
        }
        if (report.duty() == WatchDuty.TAKE) {
            status.get().lastInput().ifPresent(seen -> output.status(line(seen)));
        }
    }

    private static String sentence(WatchReport report) {
        return Text.word(report.duty()) + " " + Text.word(report.outcome())
                + report.snapshot().map(snapshot -> " " + snapshot.id()).orElse("")
                + report.reason().map(why -> " because " + why.sentence()).orElse("")
                + report.failure()
                        .map(failure -> ": " + Failures.message(failure))
                        .orElse("");
    }

    private static String line(TriggerInput seen) {
        StringBuilder line = new StringBuilder();
        seen.streams()
                .forEach(stream -> line.append(String.format(
                        Locale.ROOT,
                        "%s at %d, lag %d, %d since the newest snapshot, headroom %.0f %%; ",
                        stream.stream(),
                        stream.position(),
                        stream.lag(),
                        stream.unsaved(),
                        100 * stream.headroom(seen.now()).share())));
        return line.append(
                        seen.newest() == null
                                ? "no snapshot yet"
                                : "newest " + seen.newest().id())
                .toString();
    }

    private static Map<String, @Nullable Object> document(WatchReport report) {
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("event", Text.word(report.duty()));
        document.put("at", report.ended());
        document.put("outcome", Text.word(report.outcome()));
        document.put("seconds", Documents.seconds(report.elapsed()));
        report.reason().ifPresent(why -> document.put("reason", why.sentence()));
        report.snapshot().ifPresent(snapshot -> document.put("snapshot", Documents.snapshot(snapshot)));
        report.failure().ifPresent(failure -> document.put("failure", Failures.message(failure)));
        return document;
    }

    synchronized Map<String, @Nullable Object> document(String name) {
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("event", "end");
        document.put("name", name);
        document.put("taken", List.copyOf(taken));
        document.put("failures", failures);
        return document;
    }

    synchronized String line(String name) {
        return "Watched " + name + ": " + Text.count(taken.size(), "snapshot") + " taken, "
                + Text.count(failures, "failure");
    }
}
