package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.tool.Tool.Outcome;
import io.nats.client.NUID;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Copies between directories, buckets of JetStream and buckets of S3. */
@ExtendWith(NatsExtension.class)
class CopyCommandIT {

    @RegisterExtension
    @Order(1)
    static final S3Service OTHER = new S3Service();

    /** The credentials of this service are those in the SDK's system properties. */
    @RegisterExtension
    @Order(2)
    static final S3Service SERVICE = new S3Service();

    @TempDir
    Path directory;

    private Sample sample;

    @BeforeEach
    void createDatabase() throws Exception {
        sample = Sample.create(directory);
    }

    private static String[] copy(String from, String to, String... more) {
        return Tool.with(new String[] {"copy", "--name", "orders", "--from", from, "--to", to}, more);
    }

    private static String[] withOptions(String store, String... command) {
        return store.startsWith("s3:")
                ? Tool.with(command, "--s3-endpoint", SERVICE.endpoint(), "--s3-path-style")
                : command;
    }

    private String anyDirectory() {
        return "file:" + directory.resolve("store-" + NUID.nextGlobal());
    }

    private static String anyS3() {
        return "s3://" + S3Service.BUCKET + "/" + NUID.nextGlobal();
    }

    /** Returns the listed snapshots with times in milliseconds, as a copy keeps them. */
    private static String inMilliseconds(Outcome list) {
        return list.json().get("snapshots").toString().replaceAll("([.]\\d{3})\\d*Z", "$1Z");
    }

    /** Copies through every pair of kinds, in a chain, and restores from the last. */
    @Test
    void copy_betweenStoresOfAllKinds_keepsEverySnapshot(NatsServer server) throws Exception {
        String first = sample.take();
        sample.sql("INSERT INTO orders (what) VALUES ('jam')");
        String second = sample.take();
        Tool.run(sample.command("pin", "--id", first)).succeeded();
        String expected = inMilliseconds(Tool.run(sample.command("list", "--json")));
        String nats = server.url() + "/copy-";
        String from = sample.storeUri();
        for (String to : List.of(
                nats + NUID.nextGlobal(),
                anyS3(),
                anyDirectory(),
                anyS3(),
                nats + NUID.nextGlobal(),
                nats + NUID.nextGlobal(),
                anyDirectory(),
                anyDirectory())) {
            String[] command = (from + to).contains("s3:") ? withOptions("s3:", copy(from, to)) : copy(from, to);
            JsonNode copied = Tool.run(Tool.with(command, "--all", "--json")).json();
            assertThat(copied.get("copied")).hasSize(2);
            assertThat(copied.get("packs").asInt()).isEqualTo(2);
            JsonNode again = Tool.run(Tool.with(command, "--all", "--json")).json();
            assertThat(again.get("present")).hasSize(2);
            assertThat(again.get("packs").asInt()).isZero();
            Outcome list = Tool.run(withOptions(to, "list", "--name", "orders", "--store", to, "--json"));
            assertThat(inMilliseconds(list)).isEqualTo(expected);
            assertThat(list.json().get("doubts")).isEmpty();
            Tool.run(withOptions(to, "verify", "--name", "orders", "--store", to, "--all", "--deep"))
                    .succeeded();
            from = to;
        }
        sample.lose();
        Tool.run("restore", "--name", "orders", "--store", from, "--database", "" + sample.database(), "--id", second)
                .succeeded();
        assertThat(Sample.value(sample.database(), "SELECT count(*) FROM orders"))
                .isEqualTo("4");
        Outcome pinned = Tool.run("prune", "--name", "orders", "--store", from, "--id", first);
        assertThat(pinned.err()).contains("pinned");
    }

    @Test
    void copy_betweenServicesWithOtherCredentials_usesTheOptionsOfEachSide() throws Exception {
        String id = sample.take();
        Path profiles = directory.resolve("credentials");
        Files.writeString(
                profiles, "[other]\naws_access_key_id = tool\naws_secret_access_key = " + OTHER.secretKey() + "\n");
        System.setProperty("aws.sharedCredentialsFile", profiles.toString());
        try {
            String there = anyS3();
            String here = anyS3();
            String[] other = {"--s3-endpoint", OTHER.endpoint(), "--s3-path-style", "--s3-profile", "other"};
            Tool.run(Tool.with(
                            copy(sample.storeUri(), there, "--all"),
                            "--to-s3-endpoint",
                            OTHER.endpoint(),
                            "--to-s3-path-style",
                            "--to-s3-profile",
                            "other"))
                    .succeeded();
            Tool.run(Tool.with(
                            Tool.with(copy(there, here, "--all"), other),
                            "--to-s3-endpoint",
                            SERVICE.endpoint(),
                            "--to-s3-path-style"))
                    .succeeded();
            String[] list = withOptions(here, "list", "--name", "orders", "--store", here);
            assertThat(Tool.run(list).succeeded().out()).contains(id);
            assertThat(Tool.run(Tool.with(list, "--s3-profile", "other")).status())
                    .isEqualTo(2);
            String[] unused = Tool.with(copy(sample.storeUri(), here, "--all", "--to-s3-path-style"), other);
            assertThat(Tool.run(unused).err()).contains("--s3", "do not apply to " + sample.storeUri());
            Outcome none = Tool.run(Tool.with(list, "--s3-profile", "none"));
            assertThat(none.status()).isEqualTo(2);
            assertThat(none.err()).contains("no credentials");
        } finally {
            System.clearProperty("aws.sharedCredentialsFile");
        }
    }

    @Test
    void copy_text_namesEachSnapshot() {
        String id = sample.take();
        String to = anyDirectory();
        assertThat(Tool.run(copy(sample.storeUri(), to, "--latest", "3", "--upload-rate", "100MiB"))
                        .succeeded()
                        .out())
                .contains("copied   " + id, "1 snapshot copied to " + to + ", 0 present before; 1 pack with");
        assertThat(Tool.run(copy(sample.storeUri(), to, "--id", id)).succeeded().out())
                .contains("present  " + id, "0 packs");
        Tool.run(sample.onDatabase("take")).succeeded();
        Tool.run(copy(sample.storeUri(), to, "--all")).succeeded();
        Tool.run("prune", "--name", "orders", "--store", to, "--id", id).succeeded();
        assertThat(Tool.run(copy(sample.storeUri(), to, "--all")).succeeded().out())
                .contains("retired in the target, not copied  " + id);
        Outcome rejected = Tool.run(copy(sample.storeUri(), to, "--id", id));
        assertThat(rejected.status()).isEqualTo(2);
        assertThat(rejected.err()).contains("retired in the target");
    }

    @Test
    void copy_damagedPack_isStatus4AndNamed() {
        String id = sample.take();
        sample.damage("packs");
        Outcome all = Tool.run(copy(sample.storeUri(), anyDirectory(), "--all"));
        assertThat(all.status()).isEqualTo(4);
        assertThat(all.out()).contains("NOT COPIED " + id, id + "-000000");
        Outcome one = Tool.run(copy(sample.storeUri(), anyDirectory(), "--id", id));
        assertThat(one.status()).isEqualTo(4);
        assertThat(one.err()).contains(id + "-000000");
    }

    @Test
    void copy_wrongUse_isRejected() throws Exception {
        sample.take();
        String[] same = copy(sample.storeUri(), sample.storeUri(), "--all");
        assertThat(Tool.run(same).err()).contains("same store");
        assertThat(Tool.run(same).status()).isEqualTo(2);
        assertThat(Tool.run(copy(sample.storeUri(), anyDirectory())).status()).isEqualTo(2);
        assertThat(Tool.run(copy(sample.storeUri(), anyDirectory(), "--all", "--latest", "2"))
                        .status())
                .isEqualTo(2);
        assertThat(Tool.run(copy(sample.storeUri(), anyDirectory(), "--latest", "0"))
                        .status())
                .isEqualTo(2);
        Outcome unused = Tool.run(copy(sample.storeUri(), anyDirectory(), "--all", "--s3-path-style"));
        assertThat(unused.status()).isEqualTo(2);
        assertThat(unused.err()).contains("--s3", "do not apply");
        String server = "nats://127.0.0.1:1/bucket";
        assertThat(Tool.run(copy(sample.storeUri(), server, "--all", "--to-nats-user", "u"))
                        .err())
                .contains("--nats-user needs a password");
        String missing = anyDirectory();
        Outcome none = Tool.run(copy(missing, anyDirectory(), "--all"));
        assertThat(none.status()).isEqualTo(3);
        assertThat(none.err()).doesNotContain("--store");
        assertThat(Files.exists(Path.of(missing.substring("file:".length())))).isFalse();
    }
}
