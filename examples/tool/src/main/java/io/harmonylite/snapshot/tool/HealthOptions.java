package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.health.HealthPolicy;
import io.harmonylite.snapshot.health.SnapshotHealth;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What belongs to a health, and its thresholds. */
@SuppressWarnings("NullAway.Init") // Picocli injects the specification.
final class HealthOptions {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @ArgGroup(exclusive = false)
    private StreamOptions streams = new StreamOptions();

    @Option(
            names = "--sequence-map",
            paramLabel = "FILE",
            description = "Sequence map of a node; neither locked nor written.")
    private @Nullable Path sequenceMap;

    @Option(
            names = "--max-age",
            paramLabel = "DURATION",
            description = "Maximum age of the newest snapshot; default: 24h.")
    private @Nullable Duration maxAge;

    @Option(
            names = "--max-proof-age",
            paramLabel = "DURATION",
            description = "Maximum time since a snapshot was last proven; default: 7d.")
    private @Nullable Duration maxProofAge;

    @Option(
            names = "--min-headroom",
            paramLabel = "SHARE",
            description = "Minimum share of its headroom that each stream has left; default: 0.25.")
    private @Nullable Double minHeadroom;

    @Option(
            names = "--max-lag",
            paramLabel = "N",
            description = "Maximum number of messages that the node is behind a stream; default: unlimited.")
    private @Nullable Long maxLag;

    /** Returns how to connect to NATS, and marks those options as used if streams are given. */
    NatsOptions nats(StoreOptions store) {
        return store.use(areStreamsGiven() ? "nats" : "").nats();
    }

    /** Returns the health of the store and, if they are given, of the streams and the node. */
    SnapshotHealth health(SnapshotRepository repository, HealthPolicy policy, NatsOptions nats) throws IOException {
        if (!areStreamsGiven()) {
            return repository.health(policy);
        }
        if (sequenceMap == null) {
            return streams.run(spec.commandLine(), nats, followed -> repository.health(followed, policy));
        }
        Positions positions = SequenceMaps.read(sequenceMap).positions();
        return streams.run(spec.commandLine(), nats, followed -> repository.health(followed, positions, policy));
    }

    private boolean areStreamsGiven() {
        return streams.areGiven(spec.commandLine());
    }

    /** Returns the thresholds. */
    HealthPolicy policy() {
        if (!areStreamsGiven() && Variables.areOnCommandLine(spec, "--sequence-map")) {
            throw new ParameterException(
                    spec.commandLine(), "--sequence-map is compared with streams; give --nats and --stream too");
        }
        try {
            HealthPolicy policy = HealthPolicy.defaults();
            policy = maxAge == null ? policy : policy.maxSnapshotAge(maxAge);
            policy = maxProofAge == null ? policy : policy.maxProofAge(maxProofAge);
            policy = minHeadroom == null ? policy : policy.minHeadroom(minHeadroom);
            return maxLag == null ? policy : policy.maxLag(maxLag);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}
