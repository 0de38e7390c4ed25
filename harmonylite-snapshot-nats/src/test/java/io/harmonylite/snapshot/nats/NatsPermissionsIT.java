package io.harmonylite.snapshot.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.lease.SnapshotLease.Held;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.stream.StreamState;
import io.nats.client.Connection;
import io.nats.client.NUID;
import io.nats.client.Nats;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The permissions of docs/nats.md: with exactly these everything works, and without any one of them the error names
 * it. Each user of the server has the permissions of one role, all or all but one.
 */
@Timeout(60)
class NatsPermissionsIT {

    private static final String INBOX = "_INBOX.>";
    private static final byte[] LARGE = new byte[300_000];
    private static final String PASSWORD = "secret";

    @TempDir
    static Path directory;

    private static NatsServer server;
    private static Connection admin;
    private static Held busy;

    /** The rows of the table, each with a use that needs all of it. */
    private static final List<Role> ROLES = List.of(
            new Role("streams", NatsPermissionsIT::readStreams, all(List.of(streams("orders")))),
            new Role("purge", NatsPermissionsIT::purge, all(List.of(streams("purged"), api("STREAM.PURGE.purged")))),
            new Role("feed", NatsPermissionsIT::feed, all(List.of(streams("orders"), consumers("orders")))),
            new Role("store-to-restore", NatsPermissionsIT::readStore, storeToRestore()),
            new Role(
                    "store-to-take",
                    NatsPermissionsIT::writeStore,
                    all(List.of(
                            storeToRestore(),
                            api("STREAM.PURGE.OBJ_kept"),
                            api("STREAM.PURGE.OBJ_kept-packs"),
                            List.of("$O.kept.>", "$O.kept-packs.>")))),
            new Role(
                    "store-to-create",
                    NatsPermissionsIT::createStore,
                    all(List.of(
                            api("STREAM.INFO.OBJ_made"),
                            api("STREAM.INFO.OBJ_made-packs"),
                            api("STREAM.CREATE.OBJ_made"),
                            api("STREAM.CREATE.OBJ_made-packs")))),
            new Role("lease", NatsPermissionsIT::lease, all(List.of(streams("KV_leases"), List.of("$KV.leases.>")))),
            new Role(
                    "lease-to-create",
                    NatsPermissionsIT::createLease,
                    all(List.of(api("STREAM.INFO.KV_made"), api("STREAM.CREATE.KV_made")))));

    /** What one row of the table allows to publish, and a use that needs all of it. */
    record Role(String name, Use use, List<String> publish) {

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Role> roles() {
        return ROLES;
    }

    private static List<String> all(List<List<String>> parts) {
        return parts.stream().flatMap(List::stream).toList();
    }

    private static List<String> storeToRestore() {
        return all(List.of(
                streams("OBJ_kept"), streams("OBJ_kept-packs"), consumers("OBJ_kept"), consumers("OBJ_kept-packs")));
    }

    private static List<String> api(String subject) {
        return List.of("$JS.API." + subject);
    }

    private static List<String> streams(String stream) {
        return List.of("$JS.API.STREAM.INFO." + stream, "$JS.API.STREAM.MSG.GET." + stream);
    }

    private static List<String> consumers(String stream) {
        return List.of(
                "$JS.API.CONSUMER.CREATE." + stream + ".>",
                "$JS.API.CONSUMER.MSG.NEXT." + stream + ".>",
                "$JS.API.CONSUMER.DELETE." + stream + ".>");
    }

    /** A role without one of its permissions. */
    record Denied(Role role, String permission) {

        String user() {
            return role.name() + "-" + Integer.toHexString(permission.hashCode());
        }

        /** The server removes consumers by itself, a minute after they were last used. */
        boolean isHarmless() {
            return permission.contains("CONSUMER.DELETE");
        }

        String literal() {
            return permission.replace(".>", "");
        }
    }

    static List<Denied> denied() {
        List<Denied> all = new ArrayList<>();
        for (Role role : ROLES) {
            role.publish().forEach(permission -> all.add(new Denied(role, permission)));
            all.add(new Denied(role, INBOX));
        }
        return all;
    }

    @BeforeAll
    static void startServer() throws Exception {
        List<String> users = new ArrayList<>(List.of("{ user: admin, password: " + PASSWORD + " }"));
        users.add(user("narrow", ROLES.get(2).publish(), "_INBOX.*"));
        for (Role role : ROLES) {
            users.add(user(role.name(), role.publish(), INBOX));
        }
        for (Denied one : denied()) {
            List<String> left = one.role().publish().stream()
                    .filter(permission -> !permission.equals(one.permission()))
                    .toList();
            users.add(user(one.user(), left, one.permission().equals(INBOX) ? "nothing" : INBOX));
        }
        server = NatsServer.start(
                directory.resolve("server"), "authorization { users: [", String.join("\n", users), "] }");
        admin = connect("admin");
        for (String stream : List.of("orders", "purged")) {
            EmptyStreams.create(admin, stream, 1000);
            for (int i = 0; i < 100; i++) {
                admin.jetStream().publish(stream, new byte[] {1});
            }
        }
        try (NatsSnapshotStore store = NatsSnapshotStore.create(admin, "kept")) {
            store.putIfAbsent("n/large", ObjectSource.of(LARGE));
            store.putIfAbsent("n/packs/large", ObjectSource.of(LARGE));
        }
        busy = NatsLease.builder(admin, "leases")
                .duration(Duration.ofMinutes(10))
                .create()
                .tryAcquire("busy")
                .orElseThrow();
    }

    private static String user(String name, List<String> publish, String subscribe) {
        String allowed = publish.stream().map(subject -> '"' + subject + '"').collect(Collectors.joining(", "));
        return "{ user: " + name + ", password: " + PASSWORD + ", permissions: { publish: { allow: [" + allowed
                + "] }, subscribe: { allow: [\"" + subscribe + "\"] } } }";
    }

    @AfterAll
    static void stopServer() throws Exception {
        if (busy != null) {
            busy.close();
        }
        if (admin != null) {
            admin.close();
        }
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @MethodSource("roles")
    void use_documentedPermissions_areEnough(Role role) throws Exception {
        try (Connection connection = connect(role.name())) {
            role.use().run(connection);
            assertThat(connection.getLastError()).isNullOrEmpty();
        } finally {
            deleteMade();
        }
    }

    @ParameterizedTest
    @MethodSource("denied")
    void use_onePermissionDenied_errorNamesIt(Denied one) throws Exception {
        try (Connection connection = connect(one.user())) {
            if (one.isHarmless()) {
                one.role().use().run(connection);
            } else {
                assertThatThrownBy(() -> one.role().use().run(connection))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("Permissions Violation")
                        .hasMessageContaining(one.literal())
                        .hasMessageContaining("grant this permission");
            }
        } finally {
            deleteMade();
        }
    }

    /** Replies to requests in jnats' old style arrive, messages do not: they come to an inbox of more tokens. */
    @Test
    void feed_onlyRepliesToRequestsAllowed_errorNamesTheInbox() throws Exception {
        try (Connection connection = Nats.connect(server.options()
                .userInfo("narrow".toCharArray(), PASSWORD.toCharArray())
                .oldRequestStyle()
                .build())) {
            assertThatThrownBy(() -> feed(connection))
                    .isInstanceOf(RequestFailure.class)
                    .hasMessageContaining("Permissions Violation for Subscription to \"_INBOX.");
        }
    }

    private static void deleteMade() throws Exception {
        for (String stream : admin.jetStreamManagement().getStreamNames()) {
            if (stream.contains("made")) {
                admin.jetStreamManagement().deleteStream(stream);
            }
        }
    }

    private static Connection connect(String user) throws Exception {
        return Nats.connect(server.options()
                .userInfo(user.toCharArray(), PASSWORD.toCharArray())
                .build());
    }

    // Uses

    private static void readStreams(Connection connection) throws IOException {
        NatsStreams streams = NatsStreams.of(connection, "orders");
        assertThat(streams.state("orders")).isPresent();
        assertThat(streams.timestampAt("orders", 1)).isPresent();
    }

    private static void purge(Connection connection) throws IOException {
        NatsStreams streams = NatsStreams.of(connection, "purged");
        StreamState state = streams.state("purged").orElseThrow();
        assertThat(streams.timestampAt("purged", state.first())).isPresent();
        assertThat(NatsStreamPurge.of(streams).purgeBefore("purged", state.created(), state.first() + 1))
                .isEqualTo(1);
    }

    private static void feed(Connection connection) throws Exception {
        List<Long> applied = new CopyOnWriteArrayList<>();
        try (FileSequenceMap map = FileSequenceMap.open(directory.resolve(NUID.nextGlobal()))) {
            map.applied("orders", StreamPosition.at(1));
            try (NatsFeed feed = NatsFeed.builder(NatsStreams.of(connection, "orders"), map)
                    .handler(message -> applied.add(message.at().sequence()))
                    .start()) {
                Eventually.isTrue(() -> applied.size() == 99 || feed.end().isPresent(), feed);
                if (feed.end().orElse(null) instanceof FeedEnd.Failed failed) {
                    assertThat(feed.failure().orElseThrow())
                            .contains(failed.cause().getMessage());
                    throw failed.cause();
                }
                assertThat(feed.lag()).containsEntry("orders", 0L);
            }
        }
    }

    private static void readStore(Connection connection) throws IOException {
        try (NatsSnapshotStore store = NatsSnapshotStore.open(connection, "kept")) {
            assertThat(store.list("n/")).hasSizeGreaterThanOrEqualTo(2);
            for (String name : List.of("n/large", "n/packs/large")) {
                try (InputStream in = store.open(name)) {
                    assertThat(in.readAllBytes()).isEqualTo(LARGE);
                }
            }
        }
    }

    private static void writeStore(Connection connection) throws IOException {
        readStore(connection);
        String own = NUID.nextGlobal();
        try (NatsSnapshotStore store = NatsSnapshotStore.open(connection, "kept")) {
            for (String name : List.of("n/" + own, "n/packs/" + own)) {
                store.putIfAbsent(name, ObjectSource.of(LARGE));
                store.delete(name);
            }
        }
    }

    private static void createStore(Connection connection) throws IOException {
        NatsSnapshotStore.create(connection, "made").close();
    }

    private static void lease(Connection connection) throws IOException {
        NatsLease leases = NatsLease.open(connection, "leases");
        try (Held held = leases.tryAcquire(NUID.nextGlobal()).orElseThrow()) {
            assertThat(held.isHeld()).isTrue();
        }
        assertThat(leases.tryAcquire("busy")).isEmpty();
    }

    private static void createLease(Connection connection) throws IOException {
        assertThat(NatsLease.create(connection, "made")).isNotNull();
    }

    private interface Use {
        void run(Connection connection) throws Exception;
    }
}
