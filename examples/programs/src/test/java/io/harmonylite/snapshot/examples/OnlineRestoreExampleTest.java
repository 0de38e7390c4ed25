package io.harmonylite.snapshot.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnlineRestoreExampleTest {

    @TempDir
    Path directory;

    @Test
    void run_poolInUse_readsContinueAndSeeOneState() throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        boolean right = new OnlineRestore(directory, new PrintStream(printed, true, StandardCharsets.UTF_8)).run();
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("Restored online", "Writers continue: new 1, open 20000", "No read failed");
        assertThat(right).isTrue();
    }
}
