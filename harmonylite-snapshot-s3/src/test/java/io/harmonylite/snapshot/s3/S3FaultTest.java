package io.harmonylite.snapshot.s3;

import static io.harmonylite.snapshot.s3.ConnectionFault.error;
import static io.harmonylite.snapshot.s3.ConnectionFault.none;
import static io.harmonylite.snapshot.s3.ConnectionFault.resetRequestAfter;
import static io.harmonylite.snapshot.s3.ConnectionFault.resetResponseAfter;
import static io.harmonylite.snapshot.s3.ConnectionFault.responseLost;
import static io.harmonylite.snapshot.s3.ConnectionFault.slowResponse;
import static io.harmonylite.snapshot.s3.ConnectionFault.stallResponseAfter;
import static io.harmonylite.snapshot.s3.ConnectionFault.truncateResponseAfter;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.store.ContainerMissingException;
import io.harmonylite.snapshot.store.IndeterminateWriteException;
import io.harmonylite.snapshot.store.NoSuchObjectException;
import io.harmonylite.snapshot.store.ObjectExistsException;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.RetryingSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.store.StoreAccessException;
import io.harmonylite.snapshot.store.StoreFullException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Maps each fault between client and service to its exception. Clients make a single attempt unless the name of the
 * test says otherwise.
 */
@Timeout(60)
class S3FaultTest {

    @RegisterExtension
    static final S3Server SERVER = new S3Server();

    private static final byte[] LARGE = random(3 << 20);
    /** Larger than all socket buffers between client and service, so that it cannot be in flight as a whole. */
    private static final byte[] LARGER_THAN_BUFFERS = random(16 << 20);

    private final String prefix = S3Server.newPrefix();
    private FaultProxy proxy;
    private S3Client single;
    private S3Client retrying;
    private SnapshotStore store;

    @BeforeEach
    void open() throws Exception {
        proxy = FaultProxy.before(SERVER.port());
        single = S3Server.retryingSoon(S3Server.client(proxy.port()), 1).build();
        retrying = S3Server.retryingSoon(S3Server.client(proxy.port()), 3).build();
        store = store(single);
    }

    @AfterEach
    void close() throws IOException {
        Thread.interrupted();
        single.close();
        retrying.close();
        proxy.close();
    }

    // Put

    @Test
    void putIfAbsent_connectionReset_throwsIOExceptionAndLeavesNothing() throws Exception {
        proxy.next(resetRequestAfter(1 << 20));
        assertThatThrownBy(() -> put("x", LARGER_THAN_BUFFERS)).isExactlyInstanceOf(IOException.class);
        assertNothingAt("x");
    }

    @Test
    void putIfAbsent_connectionReset_clientRetries() throws Exception {
        store = store(retrying);
        proxy.next(resetRequestAfter(1 << 20));
        put("x", LARGER_THAN_BUFFERS);
        assertThat(read("x")).isEqualTo(LARGER_THAN_BUFFERS);
    }

    @Test
    void putIfAbsent_responseLost_isIndeterminate() throws Exception {
        proxy.next(responseLost());
        assertThatThrownBy(() -> put("x", LARGE))
                .isInstanceOf(IndeterminateWriteException.class)
                .hasMessageContaining("x");
        assertThat(read("x")).isEqualTo(LARGE);
    }

    @Test
    void putIfAbsent_responseLostThenNameTaken_recognizesOwnObject() throws Exception {
        store = store(retrying);
        proxy.next(responseLost());
        put("x", LARGE);
        assertThat(read("x")).isEqualTo(LARGE);
    }

    @Test
    void putIfAbsent_responseLostAndOtherObject_throwsObjectExists() throws Exception {
        store = store(retrying);
        put("x", "other object".getBytes(UTF_8));
        proxy.next(responseLost());
        assertThatThrownBy(() -> put("x", LARGE)).isInstanceOf(ObjectExistsException.class);
        assertThat(read("x")).isEqualTo("other object".getBytes(UTF_8));
    }

    @Test
    void putIfAbsent_responseLostAndOtherObjectOfSameLength_throwsObjectExists() throws Exception {
        store = store(retrying);
        byte[] others = LARGE.clone();
        others[others.length - 1] ^= 1;
        put("x", others);
        proxy.next(responseLost());
        assertThatThrownBy(() -> put("x", LARGE)).isInstanceOf(ObjectExistsException.class);
        assertThat(read("x")).isEqualTo(others);
    }

    @Test
    void putIfAbsent_retriedAfterRejectionsOnly_throwsObjectExistsForEqualBytes() throws Exception {
        store = store(retrying);
        put("x", LARGE);
        proxy.next(error(503, "SlowDown"));
        assertThatThrownBy(() -> put("x", LARGE)).isInstanceOf(ObjectExistsException.class);
    }

    @Test
    void putIfAbsent_responseLostAndObjectUnreadable_isIndeterminate() throws Exception {
        store = store(retrying);
        proxy.next(responseLost(), none(), error(403, "AccessDenied"));
        assertThatThrownBy(() -> put("x", LARGE)).isInstanceOf(IndeterminateWriteException.class);
    }

    @Test
    void putIfAbsent_responseLostWithRetries_succeeds() throws Exception {
        proxy.next(responseLost());
        RetryingSnapshotStore.of(store).putIfAbsent("x", ObjectSource.of(LARGE));
        assertThat(read("x")).isEqualTo(LARGE);
    }

    @Test
    void putIfAbsent_internalErrorAfterBody_isIndeterminate() {
        proxy.next(error(500, "InternalError"));
        assertThatThrownBy(() -> put("x", LARGE)).isInstanceOf(IndeterminateWriteException.class);
    }

    @Test
    void putIfAbsent_unknownOutcomeThenRejected_staysIndeterminate() {
        store = store(retrying);
        proxy.next(error(500, "InternalError"), error(403, "AccessDenied"));
        assertThatThrownBy(() -> put("x", LARGE)).isInstanceOf(IndeterminateWriteException.class);
    }

    @Test
    void putIfAbsent_slowDownWithRetryAfter_clientWaitsAndRetries() throws Exception {
        store = store(retrying);
        proxy.next(error(503, "SlowDown", "Retry-After: 1"));
        put("x", LARGE);
        assertThat(read("x")).isEqualTo(LARGE);
    }

    @Test
    void putIfAbsent_slowDown_throwsIOExceptionAndLeavesNothing() throws Exception {
        proxy.next(error(503, "SlowDown", "Retry-After: 1"));
        assertThatThrownBy(() -> put("x", LARGE))
                .isExactlyInstanceOf(IOException.class)
                .hasMessageContaining("SlowDown");
        assertNothingAt("x");
    }

    @Test
    void putIfAbsent_conflictingPuts_throwIOExceptionAndSucceedWithRetries() throws Exception {
        proxy.next(error(409, "ConditionalRequestConflict"));
        assertThatThrownBy(() -> put("x", LARGE)).isExactlyInstanceOf(IOException.class);
        proxy.next(error(409, "ConditionalRequestConflict"));
        RetryingSnapshotStore.of(store).putIfAbsent("x", ObjectSource.of(LARGE));
        assertThat(read("x")).isEqualTo(LARGE);
    }

    @Test
    void putIfAbsent_damagedInTransit_throwsIOExceptionAndLeavesNothing() throws Exception {
        proxy.next(error(400, "BadDigest"));
        assertThatThrownBy(() -> put("x", LARGE)).isExactlyInstanceOf(IOException.class);
        assertNothingAt("x");
    }

    @ParameterizedTest
    @CsvSource({"507, InsufficientStorage", "507, XMinioStorageFull", "400, XMinioAdminBucketQuotaExceeded"})
    void putIfAbsent_storeFull_throwsStoreFull(int status, String code) {
        proxy.next(error(status, code));
        assertThatThrownBy(() -> put("x", LARGE)).isInstanceOf(StoreFullException.class);
    }

    @Test
    void putIfAbsent_noResponse_timesOutAsIndeterminate() {
        store = S3SnapshotStore.builder(retrying, S3Server.BUCKET)
                .prefix(prefix)
                .skipProbe()
                .answerTimeout(Duration.ofMillis(300))
                .build();
        proxy.always(stallResponseAfter(0));
        assertThatThrownBy(() -> put("x", new byte[10])).isInstanceOf(IndeterminateWriteException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    // Get

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void open_connectionBroken_throwsIOException(boolean reset) throws Exception {
        put("x", LARGE);
        proxy.next(reset ? resetResponseAfter(1 << 20) : truncateResponseAfter(1 << 20));
        assertThatThrownBy(() -> read("x"))
                .isExactlyInstanceOf(IOException.class)
                .hasMessageContaining("x");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void open_connectionBrokenRepeatedly_resumesWithRetries(boolean reset) throws Exception {
        put("x", LARGE);
        ConnectionFault broken = reset ? resetResponseAfter(1 << 20) : truncateResponseAfter(1 << 20);
        int before = proxy.requests();
        proxy.next(none(), broken, broken);
        try (InputStream in = RetryingSnapshotStore.of(store).open("x")) {
            assertThat(in.readAllBytes()).isEqualTo(LARGE);
        }
        assertThat(proxy.requests() - before).as("one stat and three gets").isEqualTo(4);
    }

    @Test
    void open_slowBody_isReadCompletely() throws Exception {
        byte[] bytes = random(1 << 20);
        put("x", bytes);
        proxy.next(slowResponse());
        assertThat(read("x")).isEqualTo(bytes);
    }

    @Test
    void open_bodyStalls_throwsIOExceptionAndResumesWithRetries() throws Exception {
        try (S3Client hasty = S3Server.retryingSoon(S3Server.client(proxy.port()), 1)
                .httpClientBuilder(Apache5HttpClient.builder().socketTimeout(Duration.ofMillis(150)))
                .build()) {
            store = store(hasty);
            put("x", LARGE);
            proxy.next(stallResponseAfter(1 << 20));
            assertThatThrownBy(() -> read("x")).isExactlyInstanceOf(IOException.class);
            proxy.next(none(), stallResponseAfter(1 << 20));
            try (InputStream in = RetryingSnapshotStore.of(store).open("x")) {
                assertThat(in.readAllBytes()).isEqualTo(LARGE);
            }
        }
    }

    @Test
    void anyMethod_noResponse_timesOut() throws Exception {
        put("x", LARGE);
        store = S3SnapshotStore.builder(retrying, S3Server.BUCKET)
                .prefix(prefix)
                .answerTimeout(Duration.ofMillis(150))
                .build();
        proxy.always(stallResponseAfter(0));
        assertThatThrownBy(() -> read("x"))
                .isExactlyInstanceOf(IOException.class)
                .hasMessageContaining("did not answer in time");
        assertThatThrownBy(() -> store.stat("x")).isExactlyInstanceOf(IOException.class);
        assertThatThrownBy(() -> store.list("")).isExactlyInstanceOf(IOException.class);
        assertThatThrownBy(() -> store.delete("x")).isExactlyInstanceOf(IOException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void open_closedEarly_doesNotReadRest() throws Exception {
        put("x", LARGE);
        proxy.next(stallResponseAfter(1 << 20));
        try (InputStream in = store.open("x")) {
            assertThat(in.readNBytes(10)).hasSize(10);
        }
        assertThat(read("x")).isEqualTo(LARGE);
    }

    @Test
    void open_bodyNotMatchingChecksum_throwsIOException() {
        String response = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nx-amz-checksum-crc32: AAAAAA==\r\n\r\nhello";
        proxy.next(new ConnectionFault(ConnectionFault.Kind.RESPOND_AT_ONCE, 0, response));
        assertThatThrownBy(() -> read("x")).isExactlyInstanceOf(IOException.class);
    }

    @Test
    void open_serviceIgnoresRange_throwsIOException() {
        String response = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
        proxy.next(new ConnectionFault(ConnectionFault.Kind.RESPOND_AT_ONCE, 0, response));
        assertThatThrownBy(() -> store.open("x", 1, 5)).isInstanceOf(IOException.class);
    }

    @Test
    void open_archivedObject_throwsStoreAccess() {
        proxy.next(error(403, "InvalidObjectState"));
        assertThatThrownBy(() -> read("x"))
                .isInstanceOf(StoreAccessException.class)
                .hasMessageContaining("archive");
    }

    // List, delete

    @Test
    void list_secondPageFails_failsOrReturnsAll() throws Exception {
        for (int i = 0; i < 5; i++) {
            put("l/" + i, new byte[1]);
        }
        SnapshotStore paged = S3SnapshotStore.builder(single, S3Server.BUCKET)
                .prefix(prefix)
                .pageSize(2)
                .build();
        proxy.next(none(), error(500, "InternalError"));
        assertThatThrownBy(() -> paged.list("l/")).isExactlyInstanceOf(IOException.class);
        proxy.next(none(), none(), resetResponseAfter(10));
        assertThat(RetryingSnapshotStore.of(paged).list("l/")).hasSize(5);
    }

    @Test
    void deleteAll_oneDenied_namesIt() {
        String body = "<DeleteResult><Error><Key>k</Key><Code>AccessDenied</Code><Message>planned</Message></Error>"
                + "</DeleteResult>";
        proxy.next(new ConnectionFault(
                ConnectionFault.Kind.RESPOND_AT_ONCE,
                0,
                "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body));
        assertThatThrownBy(() -> store.deleteAll(List.of("k", "l")))
                .isInstanceOf(StoreAccessException.class)
                .hasMessageContaining("k");
    }

    @Test
    void deleteAll_multiDeleteUnsupported_deletesOneByOne() throws Exception {
        put("d/1", new byte[1]);
        put("d/2", new byte[1]);
        proxy.next(error(501, "NotImplemented"));
        store.deleteAll(List.of("d/1", "d/2"));
        assertThat(store.list("d/")).isEmpty();
    }

    // Access denied, missing bucket, no connection

    @ParameterizedTest
    @CsvSource({
        "403, AccessDenied, grant the permission",
        "400, ExpiredToken, expired",
        "400, InvalidToken, session token",
        "403, RequestTimeTooSkewed, clock",
        "400, AuthorizationHeaderMalformed, region",
        "301, PermanentRedirect, region",
        "501, NotImplemented, NotImplemented",
        "405, MethodNotAllowed, MethodNotAllowed"
    })
    void anyMethod_rejected_namesNextStep(int status, String code, String advice) {
        proxy.always(error(status, code));
        for (Call call : everyMethod()) {
            assertThatThrownBy(call::run)
                    .isInstanceOf(StoreAccessException.class)
                    .hasMessageContaining(code)
                    .hasMessageContaining(advice);
        }
    }

    @Test
    void putIfAbsent_clockSkewed_clientCorrectsItAndRetries() throws Exception {
        store = store(retrying);
        String now = RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
        proxy.next(error(403, "RequestTimeTooSkewed", "Date: " + now));
        put("x", LARGE);
        assertThat(read("x")).isEqualTo(LARGE);
    }

    @Test
    void anyMethod_wrongSecret_isRejectedAndLeavesNothing() throws Exception {
        try (S3Client wrong = S3Server.client(proxy.port())
                .credentialsProvider(S3Server.credentials(S3Server.ACCESS_KEY, "another secret"))
                .build()) {
            assertAllRejected(store(wrong));
        }
        assertNothingAt("x");
    }

    @Test
    void anyMethod_unknownAccessKey_isRejectedAndLeavesNothing() throws Exception {
        try (S3Client wrong = S3Server.client(proxy.port())
                .credentialsProvider(S3Server.credentials("AKIAUNKNOWN", S3Server.SECRET_KEY))
                .build()) {
            assertAllRejected(store(wrong));
        }
        assertNothingAt("x");
    }

    @Test
    void anyMethod_noCredentials_isRejected() throws Exception {
        try (S3Client none = S3Server.client(proxy.port())
                .credentialsProvider(NoCredentials.provider())
                .build()) {
            store = store(none);
            for (Call call : everyMethod()) {
                assertThatThrownBy(call::run)
                        .isInstanceOf(StoreAccessException.class)
                        .hasMessageContaining("no credentials");
            }
        }
    }

    @Test
    void d34_bucketMissing_throwsContainerMissing() {
        store = S3SnapshotStore.builder(retrying, "no-such-bucket").skipProbe().build();
        for (Call call : everyMethod()) {
            assertThatThrownBy(call::run)
                    .isInstanceOf(ContainerMissingException.class)
                    .hasMessageContaining("no-such-bucket");
        }
        SnapshotStore probing =
                S3SnapshotStore.builder(retrying, "no-such-bucket").build();
        assertThatThrownBy(() -> probing.putIfAbsent("x", ObjectSource.of(LARGE)))
                .isInstanceOf(ContainerMissingException.class);
    }

    /** Some services answer an unknown access key by status 404. */
    @ParameterizedTest
    @ValueSource(strings = {"InvalidAccessKeyId", "NoSuchWebsiteConfiguration"})
    void anyMethod_notFoundWithAnotherCode_isDeniedAndNamesIt(String code) {
        proxy.always(error(404, code));
        for (Call call : everyMethod()) {
            assertThatThrownBy(call::run)
                    .isExactlyInstanceOf(StoreAccessException.class)
                    .hasMessageContaining(code)
                    .hasMessageContaining("planned");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void anyMethod_connectionRefused_throwsIOException(int attempts) throws Exception {
        try (Socket silent = boundButNotListening();
                S3Client nowhere = S3Server.retryingSoon(S3Server.client(silent.getLocalPort()), attempts)
                        .build()) {
            store = store(nowhere);
            for (Call call : everyMethod()) {
                assertThatThrownBy(call::run).isExactlyInstanceOf(IOException.class);
            }
        }
    }

    /** Binds a port without listening; a free port could be taken by another process. */
    private static Socket boundButNotListening() throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return socket;
    }

    // Interruption

    @Test
    void anyMethod_interrupted_keepsInterruptFlag() throws Exception {
        for (Call call : everyMethod()) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(call::run).isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
        assertNothingAt("x");
    }

    @Test
    void open_interruptedDuringRead_keepsInterruptFlag() throws Exception {
        put("x", LARGE);
        try (InputStream in = store.open("x")) {
            assertThat(in.readNBytes(10)).hasSize(10);
            Thread.currentThread().interrupt();
            assertThatThrownBy(in::readAllBytes).isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private void assertAllRejected(SnapshotStore rejected) {
        store = rejected;
        for (Call call : everyMethod()) {
            assertThatThrownBy(call::run).isInstanceOf(StoreAccessException.class);
        }
    }

    private List<Call> everyMethod() {
        return List.of(
                () -> put("x", LARGE),
                () -> read("x"),
                () -> store.open("x", 0, 1).close(),
                () -> store.list(""),
                () -> store.delete("x"),
                () -> store.deleteAll(List.of("x", "y")));
    }

    private SnapshotStore store(S3Client client) {
        return S3SnapshotStore.builder(client, S3Server.BUCKET)
                .prefix(prefix)
                .skipProbe()
                .build();
    }

    private void put(String name, byte[] bytes) throws IOException {
        store.putIfAbsent(name, ObjectSource.of(bytes));
    }

    private byte[] read(String name) throws IOException {
        try (InputStream in = store.open(name)) {
            return in.readAllBytes();
        }
    }

    private void assertNothingAt(String name) throws IOException {
        SnapshotStore direct = store(SERVER.defaultClient());
        assertThatThrownBy(() -> direct.stat(name)).isInstanceOf(NoSuchObjectException.class);
        assertThat(direct.list("")).isEmpty();
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private interface Call {
        void run() throws IOException;
    }
}
