package io.harmonylite.snapshot;

import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.harmonylite.HarmonyLiteRestore;
import io.harmonylite.snapshot.internal.node.LiveNode;
import io.harmonylite.snapshot.internal.node.NodeTakes;
import io.harmonylite.snapshot.internal.observation.LastOutcomes;
import io.harmonylite.snapshot.internal.observation.Observation;
import io.harmonylite.snapshot.internal.recovery.RecoveryPipeline;
import io.harmonylite.snapshot.internal.restore.RestorePipeline;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.take.TakeLease;
import io.harmonylite.snapshot.internal.take.TakePipeline;

/**
 * What a manager is put together from.
 *
 * @param services what all of them need
 * @param catalog the snapshots in the store
 * @param outcomes remembers what failed
 * @param observation lets operations be seen
 * @param repository the half without the live database
 * @param node the live database
 * @param takes take from it
 * @param restores restore onto it
 * @param foreignRestores restore HarmonyLite's snapshots onto it
 * @param recoveries decide, and recover it
 */
record ManagerParts(
        Services services,
        SnapshotCatalog catalog,
        LastOutcomes outcomes,
        Observation observation,
        SnapshotRepository repository,
        LiveNode node,
        NodeTakes takes,
        RestorePipeline restores,
        HarmonyLiteRestore foreignRestores,
        RecoveryPipeline recoveries) {

    /** Puts them together; does no I/O. */
    static ManagerParts of(ManagerOptions options) {
        Services services = options.services();
        SnapshotCatalog catalog = options.throttledCatalog();
        LastOutcomes outcomes = new LastOutcomes();
        Observation observation =
                SnapshotRepository.observation(catalog, services).and(outcomes);
        RestorePipeline restores = new RestorePipeline(services, catalog, options.leftOut());
        RecoveryPipeline recoveries = new RecoveryPipeline(services, catalog, options.streams, restores);
        LiveNode node = new LiveNode(options.database, options.positions, options.localChanges, services.connector());
        return new ManagerParts(
                services,
                catalog,
                outcomes,
                observation,
                new SnapshotRepository(catalog, services, options.scratch(), options.leftOut(), observation),
                node,
                takes(options, services, catalog, node, recoveries),
                restores,
                new HarmonyLiteRestore(services, catalog.layout().name(), options.leftOut()),
                recoveries);
    }

    private static NodeTakes takes(
            ManagerOptions options,
            Services services,
            SnapshotCatalog catalog,
            LiveNode node,
            RecoveryPipeline recoveries) {
        return new NodeTakes(
                node,
                new TakePipeline(services, options.takeSettings(), catalog),
                new TakeLease(options.lease, catalog.layout().name(), services.stages()),
                recoveries,
                options.patience,
                options.unpublished);
    }
}
