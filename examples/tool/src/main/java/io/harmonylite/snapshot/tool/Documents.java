package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.StreamPosition;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Converts the library's records to JSON documents. Keys may be added, and are never removed. */
final class Documents {

    private Documents() {}

    /** Returns an empty document that keeps its keys in insertion order. */
    static Map<String, @Nullable Object> empty() {
        return new LinkedHashMap<>();
    }

    /** Returns the document of a snapshot. */
    static Map<String, @Nullable Object> snapshot(SnapshotInfo snapshot) {
        Map<String, @Nullable Object> document = empty();
        document.put("id", snapshot.id());
        document.put("name", snapshot.name());
        document.put("node", snapshot.id().node());
        document.put("created", snapshot.created());
        document.put("storedAt", snapshot.storedAt());
        document.put("generation", snapshot.generation());
        document.put("storedBytes", snapshot.storedBytes());
        document.put("referencedBytes", snapshot.referencedBytes());
        document.put("rewrittenBytes", snapshot.rewrittenBytes());
        document.put("libraryVersion", snapshot.libraryVersion());
        document.put("positions", positions(snapshot.positions()));
        document.put("image", image(snapshot.image()));
        if (snapshot.pending().changes() > 0) {
            document.put("pendingChanges", snapshot.pending().changes());
        }
        if (!snapshot.possiblyMissing().isEmpty()) {
            Map<String, @Nullable Object> missing = empty();
            snapshot.possiblyMissing().forEach((stream, range) -> missing.put(stream, range.toString()));
            document.put("possiblyMissing", missing);
        }
        snapshot.key().ifPresent(key -> document.put("key", key));
        snapshot.notCompacted().ifPresent(reason -> document.put("notCompacted", reason));
        return document;
    }

    /** Returns positions by stream, without the fields that are unknown. */
    static Map<String, @Nullable Object> positions(Positions positions) {
        Map<String, @Nullable Object> document = empty();
        positions.byStream().forEach((stream, position) -> document.put(stream, position(position)));
        return document;
    }

    /** Returns a snapshot's id with its problem. */
    static Map<String, @Nullable Object> problem(SnapshotId id, Exception problem) {
        Map<String, @Nullable Object> document = empty();
        document.put("id", id);
        document.put("problem", Failures.message(problem));
        return document;
    }

    /** Returns a list of snapshots with their problems. */
    static List<Map<String, @Nullable Object>> problems(Map<SnapshotId, ? extends Exception> problems) {
        return problems.entrySet().stream()
                .map(entry -> problem(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** Returns a list of snapshots with the reasons why their times cannot be right. */
    static List<Map<String, @Nullable Object>> doubts(Map<SnapshotId, String> doubts) {
        return doubts.entrySet().stream()
                .map(entry -> {
                    Map<String, @Nullable Object> document = empty();
                    document.put("id", entry.getKey());
                    document.put("doubt", entry.getValue());
                    return document;
                })
                .toList();
    }

    /** Returns a duration in seconds. */
    static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    private static Map<String, @Nullable Object> position(StreamPosition position) {
        Map<String, @Nullable Object> document = empty();
        document.put("sequence", position.sequence());
        putKnown(document, "timestamp", position.timestamp());
        putKnown(document, "streamCreated", position.streamCreated());
        return document;
    }

    private static void putKnown(Map<String, @Nullable Object> document, String key, @Nullable Object value) {
        if (value != null) {
            document.put(key, value);
        }
    }

    private static Map<String, @Nullable Object> image(ImageInfo image) {
        Map<String, @Nullable Object> document = empty();
        document.put("bytes", image.bytes());
        document.put("pageSize", image.pageSize());
        document.put("pageCount", image.pageCount());
        document.put("userVersion", image.userVersion());
        document.put("applicationId", image.applicationId());
        document.put("encoding", image.encoding());
        document.put("journalMode", image.journalMode());
        document.put("schemaDigest", image.schemaDigest());
        document.put("imageDigest", image.imageDigest());
        return document;
    }
}
