package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.nats.NatsStreams;
import io.harmonylite.snapshot.store.ContainerMissingException;
import io.nats.client.Connection;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The streams, and their server. */
class StreamOptions {

    @Option(
            names = "--nats",
            required = true,
            paramLabel = "URL",
            description =
                    "Servers of the streams: nats://host:port or tls://host:port; further ones after commas. The --nats"
                            + " options apply to them too.")
    private @Nullable NatsServers nats;

    @Option(
            names = "--stream",
            required = true,
            split = ",",
            paramLabel = "STREAM",
            description = "A stream; repeat for each, or separate them by commas.")
    private List<String> streams = new ArrayList<>();

    @Option(
            names = "--allow-deleted-messages",
            description = "No node needs a message that was deleted inside a stream, because a newer one replaces it.")
    private boolean deletedAllowed;

    @Option(
            names = "--first-sequence",
            paramLabel = "STREAM=SEQUENCE",
            description = "Sequence that a stream began with, for a mirror of a stream that began above 1.")
    private Map<String, Long> firstSequences = new TreeMap<>();

    /** Returns whether streams are given, where they are optional. Their server alone is an error. */
    boolean areGiven(CommandLine command) {
        if ((nats == null) != streams.isEmpty()) {
            throw new ParameterException(command, "--nats and --stream belong together; give both");
        }
        return nats != null;
    }

    /** Runs an action with the streams, over a connection of its own. */
    <T> T run(CommandLine command, NatsOptions options, Body<T> body) throws IOException {
        Connection connection = NatsConnections.connect(Objects.requireNonNull(nats, "required"), options);
        try (Closeable closing = () -> NatsConnections.close(connection)) {
            NatsStreams followed = followed(command, connection);
            return body.run(stated(command, deletedAllowed ? followed.allowDeletedMessages() : followed));
        }
    }

    private NatsStreams stated(CommandLine command, NatsStreams followed) {
        try {
            NatsStreams stated = followed;
            for (Map.Entry<String, Long> first : firstSequences.entrySet()) {
                stated = stated.firstSequence(first.getKey(), first.getValue());
            }
            return stated;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command, "--first-sequence: " + e.getMessage(), e);
        }
    }

    private NatsStreams followed(CommandLine command, Connection connection) {
        try {
            return NatsStreams.of(connection, new TreeSet<>(streams));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command, String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Throws if a stream does not exist.
     *
     * @throws ContainerMissingException if the server has no such stream; the status is then 3
     */
    static void requireExisting(NatsStreams followed) throws IOException {
        for (String stream : followed.names()) {
            if (followed.state(stream).isEmpty()) {
                throw new ContainerMissingException(
                        "no stream " + stream + " on the server; check --nats and --stream");
            }
        }
    }

    /** An action on streams. */
    @FunctionalInterface
    interface Body<T> {

        /** Runs the action. */
        T run(NatsStreams streams) throws IOException;
    }
}
