package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.PruneReport;
import io.harmonylite.snapshot.health.HealthPolicy;
import io.harmonylite.snapshot.health.SnapshotHealth;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a report shows.
 *
 * @param name name of the snapshots
 * @param store the store, without password
 * @param listed the snapshots with their marks
 * @param health the health of store and streams
 * @param policy its thresholds
 * @param keep the retention of the next prune; null if none is given, so that only what was retired before is freed
 * @param prune dry run of the next prune; null if it failed
 * @param pruneFailure why it failed, such as a store that may only be read; null if it succeeded
 */
record Report(
        String name,
        String store,
        Listed listed,
        SnapshotHealth health,
        HealthPolicy policy,
        @Nullable String keep,
        @Nullable PruneReport prune,
        @Nullable String pruneFailure) {

    Map<String, @Nullable Object> document() {
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("name", name);
        document.put("store", store);
        document.put("policy", policyDocument());
        document.put("health", HealthCommand.document(name, health));
        document.put("listing", ListCommand.document(name, listed));
        document.put("keep", keep);
        document.put("nextPrune", prune == null ? null : PruneCommand.document(name, prune));
        document.put("nextPruneFailure", pruneFailure);
        return document;
    }

    private Map<String, @Nullable Object> policyDocument() {
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("maxAgeSeconds", Documents.seconds(policy.maxSnapshotAge()));
        document.put("maxProofAgeSeconds", Documents.seconds(policy.maxProofAge()));
        document.put("minHeadroom", policy.minHeadroom());
        return document;
    }
}
