package io.harmonylite.snapshot.benchmarks.harness;

import io.harmonylite.snapshot.nats.NatsSnapshotStore;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.s3.S3SnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.nats.client.Connection;
import io.nats.client.Nats;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import software.amazon.awssdk.services.s3.S3Client;

/** Stores behind a server of this run; child processes are told its address by a system property. */
enum RemoteStore {
    /** An S3Proxy in the harness's own process, on a directory. */
    S3 {
        @Override
        AutoCloseable start(Path directory) throws Exception {
            LocalS3 service = LocalS3.start(directory);
            tell(service.endpoint());
            return service;
        }

        @Override
        void use(String container, Use use) throws Exception {
            try (S3Client client = LocalS3.client(address());
                    SnapshotStore store = S3SnapshotStore.builder(client, LocalS3.BUCKET)
                            .prefix(container)
                            .build()) {
                use.with(store);
            }
        }
    },
    /** One nats-server, a child process of the harness. */
    NATS {
        @Override
        AutoCloseable start(Path directory) throws Exception {
            NatsServer server = NatsServer.start(directory);
            tell(server.url());
            return server;
        }

        @Override
        void use(String container, Use use) throws Exception {
            try (Connection connection = Nats.connect(address());
                    SnapshotStore store =
                            NatsSnapshotStore.builder(connection, container).create()) {
                use.with(store);
            }
        }
    };

    /** Starts the server; its address is a system property from then on. */
    abstract AutoCloseable start(Path directory) throws Exception;

    /** Uses a container of its own, which is made where it is missing. */
    abstract void use(String container, Use use) throws Exception;

    /** Those whose server runs. */
    static List<RemoteStore> running() {
        return Stream.of(values())
                .filter(store -> System.getProperty(store.property()) != null)
                .toList();
    }

    /** What a child process is started with, to know the servers. */
    static List<String> arguments() {
        return running().stream()
                .map(store -> "-D" + store.property() + "=" + store.address())
                .toList();
    }

    void tell(String address) {
        System.setProperty(property(), address);
    }

    String address() {
        return System.getProperty(property(), "");
    }

    private String property() {
        return "harness." + name();
    }

    /** What is done with a store. */
    interface Use {
        void with(SnapshotStore store) throws Exception;
    }
}
