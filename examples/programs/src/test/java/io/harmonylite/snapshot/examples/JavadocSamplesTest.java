package io.harmonylite.snapshot.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sample in the documentation of each main type compiles as it stands. */
class JavadocSamplesTest {

    private static final Pattern SAMPLE = Pattern.compile("<pre>\\{@code\\n(.*?)\\n \\* }</pre>", Pattern.DOTALL);

    private static final String IMPORTS = """
            import io.harmonylite.snapshot.*;
            import io.harmonylite.snapshot.harmonylite.*;
            import io.harmonylite.snapshot.nats.*;
            import io.harmonylite.snapshot.sequence.*;
            import io.harmonylite.snapshot.store.*;
            import io.harmonylite.snapshot.stream.*;
            import io.harmonylite.snapshot.watch.*;
            import java.nio.file.Path;
            import java.sql.*;
            import java.time.Duration;
            """;

    /** What a host has around the sample. */
    private static final String HOST = """
            static final org.slf4j.Logger LOG = org.slf4j.LoggerFactory.getLogger(Sample.class);
            Path database;
            SnapshotStore store;
            SequenceMap positions;
            Streams streams;
            javax.sql.DataSource dataSource;
            io.nats.client.Connection nats;
            void insertOrder(Connection connection, byte[] data) throws SQLException {}
            void stopServing(FeedEnd end) {}
            """;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "core/src/main/java/io/harmonylite/snapshot/SnapshotManager",
                "core/src/main/java/io/harmonylite/snapshot/SnapshotRepository",
                "core/src/main/java/io/harmonylite/snapshot/sequence/FileSequenceMap",
                "core/src/main/java/io/harmonylite/snapshot/sequence/TableSequenceMap",
                "core/src/main/java/io/harmonylite/snapshot/watch/Trigger",
                "core/src/main/java/io/harmonylite/snapshot/harmonylite/HarmonyLiteApplier",
                "nats/src/main/java/io/harmonylite/snapshot/nats/NatsFeed"
            })
    void sample_ofAMainType_compiles(String type) throws Exception {
        Matcher sample = SAMPLE.matcher(Files.readString(Path.of("../../harmonylite-snapshot-" + type + ".java")));
        assertThat(sample.find()).as("a sample in %s", type).isTrue();
        String code = sample.group(1).replaceAll("(?m)^ \\* ?", "");
        String body = code.contains("\nvoid ") ? code : "void host() throws Exception {\n" + code + "\n}";
        Path file = directory.resolve("Sample.java");
        Files.writeString(file, IMPORTS + "class Sample {\n" + HOST + body + "\n}\n");
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        int status = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        errors,
                        "-proc:none",
                        "-d",
                        directory.toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        file.toString());
        assertThat(status).as(errors.toString(StandardCharsets.UTF_8)).isZero();
    }
}
