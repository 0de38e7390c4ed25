package io.harmonylite.snapshot.s3;

import static io.harmonylite.snapshot.s3.ConnectionFault.error;
import static io.harmonylite.snapshot.s3.ConnectionFault.none;
import static io.harmonylite.snapshot.s3.ConnectionFault.resetRequestAfter;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.store.NoSuchObjectException;
import io.harmonylite.snapshot.store.ObjectExistsException;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.store.StoreAccessException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.S3Client;

class CapabilityProbeTest {

    @RegisterExtension
    static final S3Server SERVER = new S3Server();

    private static final ObjectSource OBJECT = ObjectSource.of("object".getBytes(UTF_8));

    private final String prefix = S3Server.newPrefix();
    private final RequestCounter requests = new RequestCounter();

    @Test
    void firstPut_newPrefix_costsFiveMoreRequests() throws IOException {
        SnapshotStore store = builder().build();
        store.putIfAbsent("x", OBJECT);
        assertThat(requests.take())
                .containsExactly("PutObject", "PutObject", "GetObject", "ListObjectsV2", "PutObject", "PutObject");
        store.putIfAbsent("y", OBJECT);
        assertThat(requests.take()).containsExactly("PutObject");
    }

    @Test
    void firstPut_prefixProbedBefore_costsFourMoreRequests() throws IOException {
        builder().build().putIfAbsent("x", OBJECT);
        requests.take();
        builder().build().putIfAbsent("y", OBJECT);
        assertThat(requests.take())
                .containsExactly("PutObject", "GetObject", "ListObjectsV2", "PutObject", "PutObject");
    }

    @Test
    void firstPut_concurrent_probesOnce() throws Exception {
        SnapshotStore store = builder().build();
        ExecutorService executor = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Boolean>> puts = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                String name = "many/" + i;
                puts.add(() -> {
                    store.putIfAbsent(name, OBJECT);
                    return true;
                });
            }
            for (Future<Boolean> put : executor.invokeAll(puts)) {
                assertThat(put.get()).isTrue();
            }
        } finally {
            executor.shutdownNow();
        }
        assertThat(Collections.frequency(requests.take(), "GetObject")).isEqualTo(1);
    }

    @Test
    void firstPut_probeObject_isNotListed() throws IOException {
        SnapshotStore store = builder().build();
        store.putIfAbsent("x", OBJECT);
        assertThat(store.list("")).hasSize(1);
        assertThat(SERVER.defaultClient()
                        .listObjectsV2(list -> list.bucket(S3Server.BUCKET).prefix(prefix))
                        .contents())
                .extracting(object -> object.key())
                .containsExactlyInAnyOrder(prefix + "/x", prefix + "/" + CapabilityProbe.NAME);
    }

    @Test
    void anyRead_newStore_writesNothing() throws IOException {
        builder().build().putIfAbsent("x", OBJECT);
        requests.take();
        SnapshotStore reader = builder().build();
        reader.list("");
        reader.stat("x");
        read(reader, "x");
        reader.open("x", 1, 2).close();
        assertThat(requests.take()).containsExactly("ListObjectsV2", "HeadObject", "GetObject", "GetObject");
    }

    @Test
    void firstPut_conditionsIgnored_isRejectedEveryTime() throws IOException {
        SnapshotStore store = builder(new HeaderRemover("If-None-Match")).build();
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> store.putIfAbsent("x", OBJECT))
                    .isInstanceOf(StoreAccessException.class)
                    .hasMessageContaining("conditional writes")
                    .hasMessageContaining("accept unconditional writes");
        }
        assertNothingAt(store, "x");
    }

    @Test
    void firstPut_conditionsIgnoredAndAccepted_checksBeforeWriting() throws IOException {
        SnapshotStore store = builder(new HeaderRemover("If-None-Match"))
                .acceptUnconditionalWrites()
                .build();
        store.putIfAbsent("x", OBJECT);
        assertThatThrownBy(() -> store.putIfAbsent("x", ObjectSource.of(new byte[1])))
                .isInstanceOf(ObjectExistsException.class);
        assertThat(read(store, "x")).isEqualTo("object");
    }

    @Test
    void firstPut_conditionsSupportedThoughNotRequired_areUsed() throws IOException {
        SnapshotStore store = builder().acceptUnconditionalWrites().build();
        store.putIfAbsent("x", OBJECT);
        assertThat(requests.last().firstMatchingHeader("If-None-Match")).contains("*");
    }

    @Test
    void firstPut_conditionsUnsupported_isRejectedUnlessAccepted() throws IOException {
        try (FaultProxy proxy = FaultProxy.before(SERVER.port());
                S3Client client = S3Server.client(proxy.port()).build()) {
            proxy.next(error(501, "NotImplemented"));
            SnapshotStore strict = S3SnapshotStore.builder(client, S3Server.BUCKET)
                    .prefix(prefix)
                    .build();
            assertThatThrownBy(() -> strict.putIfAbsent("x", OBJECT))
                    .isInstanceOf(StoreAccessException.class)
                    .hasMessageContaining("conditional writes");
            proxy.next(error(400, "InvalidArgument"));
            SnapshotStore lenient = S3SnapshotStore.builder(client, S3Server.BUCKET)
                    .prefix(prefix)
                    .acceptUnconditionalWrites()
                    .build();
            lenient.putIfAbsent("x", OBJECT);
            assertThat(read(lenient, "x")).isEqualTo("object");
        }
    }

    @Test
    void firstPut_checksumsIgnored_isRejectedAndLeavesNoDamagedObject() throws IOException {
        SnapshotStore store = builder(new HeaderRemover("x-amz-checksum-crc32")).build();
        assertThatThrownBy(() -> store.putIfAbsent("x", OBJECT))
                .isInstanceOf(StoreAccessException.class)
                .hasMessageContaining("checksums")
                .hasMessageContaining("accept unchecked writes");
        assertNothingAt(store, "x");
        assertThat(requests.take()).endsWith("DeleteObject", "HeadObject", "GetObject");
    }

    @Test
    void firstPut_checksumsIgnoredAndAccepted_stores() throws IOException {
        SnapshotStore store = builder(new HeaderRemover("x-amz-checksum-crc32"))
                .acceptUncheckedWrites()
                .build();
        store.putIfAbsent("x", OBJECT);
        assertThat(read(store, "x")).isEqualTo("object");
    }

    @Test
    void firstPut_notVisibleAtOnce_isRejected() throws IOException {
        try (FaultProxy proxy = FaultProxy.before(SERVER.port());
                S3Client client = S3Server.client(proxy.port()).build()) {
            SnapshotStore store = S3SnapshotStore.builder(client, S3Server.BUCKET)
                    .prefix(prefix)
                    .build();
            proxy.next(none(), none(), error(404, "NoSuchKey"));
            assertThatThrownBy(() -> store.putIfAbsent("x", OBJECT))
                    .isInstanceOf(StoreAccessException.class)
                    .hasMessageContaining("as soon as it is stored");
            assertNothingAt(store, "x");
        }
    }

    @Test
    void firstPut_probeConnectionFails_throwsIOExceptionAndProbesAgain() throws IOException {
        try (FaultProxy proxy = FaultProxy.before(SERVER.port());
                S3Client client = S3Server.client(proxy.port())
                        .overrideConfiguration(config -> config.retryStrategy(retries -> retries.maxAttempts(1)))
                        .build()) {
            SnapshotStore store = S3SnapshotStore.builder(client, S3Server.BUCKET)
                    .prefix(prefix)
                    .build();
            proxy.next(resetRequestAfter(100));
            assertThatThrownBy(() -> store.putIfAbsent("x", OBJECT)).isExactlyInstanceOf(IOException.class);
            store.putIfAbsent("x", OBJECT);
            assertThat(read(store, "x")).isEqualTo("object");
        }
    }

    @Test
    void firstPut_probeSkipped_costsOneRequest() throws IOException {
        SnapshotStore store = builder().skipProbe().build();
        store.putIfAbsent("x", OBJECT);
        assertThat(requests.take()).containsExactly("PutObject");
        assertThatThrownBy(() -> store.putIfAbsent("x", OBJECT)).isInstanceOf(ObjectExistsException.class);
    }

    private S3SnapshotStore.Builder builder(ExecutionInterceptor... more) {
        S3Client client = SERVER.open(SERVER.client().overrideConfiguration(config -> {
            config.addExecutionInterceptor(requests);
            List.of(more).forEach(config::addExecutionInterceptor);
        }));
        return S3SnapshotStore.builder(client, S3Server.BUCKET).prefix(prefix);
    }

    private static void assertNothingAt(SnapshotStore store, String name) {
        assertThatThrownBy(() -> store.stat(name)).isInstanceOf(NoSuchObjectException.class);
    }

    private static String read(SnapshotStore store, String name) throws IOException {
        try (InputStream in = store.open(name)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }
}
