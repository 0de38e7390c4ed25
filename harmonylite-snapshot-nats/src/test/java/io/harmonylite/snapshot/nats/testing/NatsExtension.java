package io.harmonylite.snapshot.nats.testing;

import io.nats.client.Connection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Supplies real servers as parameters of test methods and constructors:
 *
 * <ul>
 *   <li>{@link NatsServer}: one server for all tests of the JVM; tests leave it running and use unique names
 *   <li>{@link Connection}: one connection to that server
 *   <li>{@link NatsCluster}: one cluster for all tests of the JVM; tests restart the servers that they stop and use
 *       unique names
 * </ul>
 *
 * <p>A test that kills or configures a single server starts its own. If no server program is found, the tests fail and
 * name what to install.
 */
public final class NatsExtension implements ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(NatsExtension.class);
    private static final Set<Class<?>> TYPES = Set.of(NatsServer.class, Connection.class, NatsCluster.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return TYPES.contains(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        if (type == NatsCluster.class) {
            return cluster(context);
        }
        return type == NatsServer.class
                ? shared(context).server()
                : shared(context).connection();
    }

    private static SharedServer shared(ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(SharedServer.class, key -> started(SharedServer::start), SharedServer.class);
    }

    private static NatsCluster cluster(ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(SharedCluster.class, key -> started(SharedCluster::start), SharedCluster.class)
                .cluster();
    }

    private static <T> T started(Start<T> start) {
        try {
            return start.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a server starts", e);
        }
    }

    private static void deleteTree(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE; // The file was deleted by its owner.
                }
                throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException e) throws IOException {
                Files.deleteIfExists(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private record SharedServer(Path directory, NatsServer server, Connection connection) implements AutoCloseable {

        static SharedServer start() throws IOException, InterruptedException {
            Path directory = Files.createTempDirectory("nats-");
            NatsServer server = NatsServer.start(directory);
            return new SharedServer(directory, server, server.connect());
        }

        @Override
        public void close() throws IOException, InterruptedException {
            connection.close();
            server.close();
            deleteTree(directory);
        }
    }

    private record SharedCluster(Path directory, NatsCluster cluster) implements AutoCloseable {

        static SharedCluster start() throws IOException, InterruptedException {
            Path directory = Files.createTempDirectory("nats-cluster-");
            return new SharedCluster(directory, NatsCluster.start(directory));
        }

        @Override
        public void close() throws IOException {
            cluster.close();
            deleteTree(directory);
        }
    }

    private interface Start<T> {
        T run() throws IOException, InterruptedException;
    }
}
