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
 * Hands real servers to tests that ask for them as parameters of their methods or constructors:
 *
 * <ul>
 *   <li>{@link NatsServer}: one for all tests of the run, which must leave it running and use names of their own
 *   <li>{@link Connection}: one to that server, for all tests of the run
 *   <li>{@link NatsCluster}: one for the test class, whose tests leave all its servers running
 * </ul>
 *
 * <p>A test that breaks its server starts one itself. Where no server can be had the tests fail, and say what to install.
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

    private static Shared shared(ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(Shared.class, key -> starting(Shared::start), Shared.class);
    }

    private static NatsCluster cluster(ExtensionContext context) {
        return classContext(context)
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(Clustered.class, key -> starting(Clustered::start), Clustered.class)
                .cluster();
    }

    private static ExtensionContext classContext(ExtensionContext context) {
        ExtensionContext wanted = context;
        while (wanted.getTestMethod().isPresent()) {
            wanted = wanted.getParent().orElseThrow();
        }
        return wanted;
    }

    private static <T> T starting(Start<T> start) {
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
                    return FileVisitResult.CONTINUE; // Gone by itself.
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

    private record Shared(Path directory, NatsServer server, Connection connection) implements AutoCloseable {

        static Shared start() throws IOException, InterruptedException {
            Path directory = Files.createTempDirectory("nats-");
            NatsServer server = NatsServer.start(directory);
            return new Shared(directory, server, server.connect());
        }

        @Override
        public void close() throws IOException, InterruptedException {
            connection.close();
            server.close();
            deleteTree(directory);
        }
    }

    private record Clustered(Path directory, NatsCluster cluster) implements AutoCloseable {

        static Clustered start() throws IOException, InterruptedException {
            Path directory = Files.createTempDirectory("nats-cluster-");
            return new Clustered(directory, NatsCluster.start(directory));
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
