package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.nats.NatsStreams;
import io.nats.client.Connection;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The streams, and their server. */
@SuppressWarnings("NullAway.Init") // The options are required together.
final class StreamOptions {

    @Option(
            names = "--nats",
            required = true,
            paramLabel = "URL",
            description = "Server of the streams: nats://host:port. --nats-creds applies to it too.")
    private NatsUrl nats;

    @Option(names = "--stream", required = true, paramLabel = "STREAM", description = "A stream; repeat for each.")
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

    /** Runs an action with the streams, over a connection of its own. */
    <T> T run(CommandLine command, StoreOptions store, Body<T> body) throws IOException {
        return run(
                command,
                nats,
                streams,
                store.use("nats").nats(),
                followed -> body.run(stated(command, deletedAllowed ? followed.allowDeletedMessages() : followed)));
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

    /** Runs an action with streams of a server, over a connection of its own. */
    static <T> T run(CommandLine command, NatsUrl server, List<String> streams, NatsOptions nats, Body<T> body)
            throws IOException {
        Connection connection = NatsConnections.connect(server.uri(), nats.credentials());
        try (Closeable closing = () -> NatsConnections.close(connection)) {
            return body.run(followed(command, connection, streams));
        }
    }

    private static NatsStreams followed(CommandLine command, Connection connection, List<String> streams) {
        try {
            return NatsStreams.of(connection, new TreeSet<>(streams));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command, String.valueOf(e.getMessage()), e);
        }
    }

    /** An action on streams. */
    @FunctionalInterface
    interface Body<T> {

        /** Runs the action. */
        T run(NatsStreams streams) throws IOException;
    }
}
