package io.harmonylite.snapshot.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.StorageClass;

class S3SnapshotStoreTest {

    @RegisterExtension
    static final S3Server SERVER = new S3Server();

    private static final ObjectSource OBJECT = ObjectSource.of("object".getBytes(UTF_8));

    private final String prefix = S3Server.newPrefix();
    private final RequestCounter requests = new RequestCounter();
    private final S3Client client =
            SERVER.open(SERVER.client().overrideConfiguration(config -> config.addExecutionInterceptor(requests)));

    @Test
    void putIfAbsent_anyObject_isOneConditionalRequestWithChecksum() throws IOException {
        builder().skipProbe().build().putIfAbsent("x", OBJECT);
        assertThat(requests.last().headers())
                .containsEntry("If-None-Match", List.of("*"))
                .containsEntry("x-amz-sdk-checksum-algorithm", List.of("CRC32"));
        assertThat(requests.take()).containsExactly("PutObject");
    }

    @Test
    void putIfAbsent_serviceKeys_storesEncrypted() throws IOException {
        builder().encryptWithServiceKeys().build().putIfAbsent("x", OBJECT);
        assertThat(SERVER.defaultClient()
                        .headObject(head -> head.bucket(S3Server.BUCKET).key(prefix + "/x"))
                        .serverSideEncryption())
                .isEqualTo(ServerSideEncryption.AES256);
    }

    @Test
    void putIfAbsent_kmsKey_isSentInProbeToo() throws IOException {
        tryToPut(builder().encryptWithKms("key-1").build());
        assertThat(requests.last().headers())
                .containsEntry("x-amz-server-side-encryption", List.of("aws:kms"))
                .containsEntry("x-amz-server-side-encryption-aws-kms-key-id", List.of("key-1"));
    }

    @Test
    void putIfAbsent_defaultKmsKey_sendsNoKeyId() {
        tryToPut(builder().encryptWithKms("key-1").encryptWithKms().build());
        assertThat(requests.last().headers())
                .containsEntry("x-amz-server-side-encryption", List.of("aws:kms"))
                .doesNotContainKey("x-amz-server-side-encryption-aws-kms-key-id");
    }

    /** S3Proxy has no KMS; the tests check the request only. */
    private static void tryToPut(SnapshotStore store) {
        try {
            store.putIfAbsent("x", OBJECT);
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("s3://");
        }
    }

    @Test
    void putIfAbsent_storageClass_isSent() throws IOException {
        builder().storageClass(StorageClass.STANDARD_IA).skipProbe().build().putIfAbsent("x", OBJECT);
        assertThat(requests.last().headers()).containsEntry("x-amz-storage-class", List.of("STANDARD_IA"));
    }

    @Test
    void list_severalPages_costsOneRequestEach() throws IOException {
        SnapshotStore store = builder().skipProbe().pageSize(3).build();
        for (int i = 0; i < 7; i++) {
            store.putIfAbsent("p/" + i, OBJECT);
        }
        requests.take();
        assertThat(store.list("p/"))
                .extracting(ObjectInfo::name)
                .containsExactly("p/0", "p/1", "p/2", "p/3", "p/4", "p/5", "p/6");
        assertThat(requests.take()).hasSize(3).containsOnly("ListObjectsV2");
    }

    @Test
    void list_otherPrefixesAndInvalidKeys_areIgnored() throws IOException {
        for (String key : List.of(prefix + "/~odd", prefix + "/a b", prefix + "-other/x", prefix + "/dir/")) {
            client.putObject(put -> put.bucket(S3Server.BUCKET).key(key), RequestBody.fromString("foreign"));
        }
        SnapshotStore store = builder().build();
        store.putIfAbsent("x", OBJECT);
        assertThat(store.list("")).extracting(ObjectInfo::name).containsExactly("x");
    }

    @Test
    void deleteAll_manyObjects_costsOneRequestPerThousand() throws IOException {
        SnapshotStore store = builder().skipProbe().build();
        for (int i = 0; i < 3; i++) {
            store.putIfAbsent("d/" + i, OBJECT);
        }
        requests.take();
        store.deleteAll(IntStream.range(0, 1001).mapToObj(i -> "d/" + i).toList());
        assertThat(requests.take()).containsExactly("DeleteObjects", "DeleteObjects");
        assertThat(store.list("d/")).isEmpty();
    }

    @Test
    void deleteAll_invalidName_isRejectedBeforeDeletion() throws IOException {
        SnapshotStore store = builder().skipProbe().build();
        store.putIfAbsent("d/1", OBJECT);
        assertThatThrownBy(() -> store.deleteAll(List.of("d/1", "../x"))).isInstanceOf(IllegalArgumentException.class);
        assertThat(store.list("d/")).hasSize(1);
    }

    @Test
    void open_rangeBeyondEnd_throwsEof() throws IOException {
        SnapshotStore store = builder().skipProbe().build();
        store.putIfAbsent("x", OBJECT);
        assertThatThrownBy(() -> store.open("x", Long.MAX_VALUE, 1)).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> store.open("x", 1, Long.MAX_VALUE)).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> store.open("x", 7, 0)).isInstanceOf(EOFException.class);
    }

    @Test
    void close_store_leavesClientOpen() throws IOException {
        SnapshotStore store = builder().build();
        store.putIfAbsent("x", OBJECT);
        store.close();
        assertThat(client.listBuckets().buckets()).isNotEmpty();
    }

    @Test
    void toString_store_isItsLocation() {
        assertThat(builder().build()).hasToString("s3://" + S3Server.BUCKET + "/" + prefix);
        assertThat(S3SnapshotStore.builder(client, "b").build()).hasToString("s3://b");
    }

    @Test
    void putIfAbsent_noPrefix_usesNameAsKey() throws IOException {
        String name = prefix + "/bare";
        S3SnapshotStore.builder(client, S3Server.BUCKET).skipProbe().build().putIfAbsent(name, OBJECT);
        assertThat(builder().build().stat("bare").size()).isEqualTo(6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/a", "a/", "a//b", "..", "a b", "ä"})
    void prefix_invalidName_isRejected(String value) {
        assertThatThrownBy(() -> builder().prefix(value)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void builder_invalidValue_isRejected() {
        S3SnapshotStore.Builder builder = builder();
        assertThatThrownBy(() -> S3SnapshotStore.builder(client, " ")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.prefix("p".repeat(512))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.answerTimeout(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.answerTimeout(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.slowestUpload(0)).isInstanceOf(IllegalArgumentException.class);
        for (StorageClass archive : List.of(StorageClass.GLACIER, StorageClass.DEEP_ARCHIVE)) {
            assertThatThrownBy(() -> builder.storageClass(archive)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void putIfAbsent_longestPrefixAndName_fitInKey() throws IOException {
        String longest = ("p".repeat(200) + "/").repeat(2) + "p".repeat(109);
        assertThat(longest).hasSize(511);
        String name = ("n".repeat(200) + "/").repeat(2) + "n".repeat(110);
        SnapshotStore store = builder().prefix(longest).skipProbe().build();
        store.putIfAbsent(name, OBJECT);
        assertThat(store.list("")).extracting(ObjectInfo::name).containsExactly(name);
    }

    private S3SnapshotStore.Builder builder() {
        return S3SnapshotStore.builder(client, S3Server.BUCKET).prefix(prefix);
    }
}
