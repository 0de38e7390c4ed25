package io.harmonylite.snapshot.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;

class BackupToS3Test {

    @TempDir
    Path directory;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    @Test
    void run_embeddedService_restoresAllRows() throws Exception {
        try (EmbeddedS3 service = EmbeddedS3.start();
                S3Client client = service.client()) {
            BackupToS3.run(client, EmbeddedS3.BUCKET, directory, out);
            assertThat(printed.toString(StandardCharsets.UTF_8))
                    .contains("into s3://backups/harmonylite-example", "Restored all 15607 rows");
            assertThatThrownBy(() -> BackupToS3.run(client, "no-such-bucket", directory, out))
                    .isInstanceOf(SnapshotConfigurationException.class)
                    .hasMessageContaining("no-such-bucket");
        }
    }

    @Test
    void main_noArguments_usesAnInProcessService() {
        assertThatCode(() -> BackupToS3.main(new String[0])).doesNotThrowAnyException();
    }
}
