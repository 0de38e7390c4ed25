package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.tool.Tool.Outcome;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class UsageTest {

    @TempDir
    Path directory;

    @Test
    void help_tool_namesEveryCommandAndStatus() {
        String help = Tool.run("--help").succeeded().out();
        assertThat(help)
                .contains(
                        "take",
                        "list",
                        "verify",
                        "restore",
                        "handover",
                        "export",
                        "copy",
                        "prune",
                        "watch",
                        "health",
                        "trim",
                        "pin",
                        "unpin",
                        "positions",
                        "report",
                        "completion");
        for (ExitStatus status : ExitStatus.values()) {
            assertThat(help).containsPattern("(?m)^  " + status.code() + " {3,5}\\w");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "take",
                "list",
                "verify",
                "restore",
                "handover",
                "export",
                "copy",
                "prune",
                "health",
                "trim",
                "pin",
                "unpin",
                "positions",
                "watch",
                "report"
            })
    void help_command_hasValidExamplesAndTheStatuses(String command) {
        String help = Tool.run(command, "--help").succeeded().out();
        assertThat(help).contains("Example", "Exit status:").containsPattern("8 +not enough space or memory");
        String examples = help.substring(help.indexOf("Example")).replace("\\\n", " ");
        examples.lines().filter(line -> line.startsWith("  snapshot-tool ")).forEach(line -> {
            String[] arguments = line.replaceFirst(" *snapshot-tool ", "").split(" +", -1);
            assertThat(arguments[0]).isEqualTo(command);
            SnapshotTool.commandLine(() -> false, Map.of(), arguments).parseArgs(arguments);
        });
    }

    /** The original accepted any SSH host key (fault D35). Here there is no such store. */
    @Test
    void d35_storeOverSftp_isRefusedBecauseThereIsNone() {
        Outcome outcome = Tool.run("list", "--name", "orders", "--store", "sftp://backup@host/orders");
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("file:", "nats:", "s3:");
    }

    @Test
    void version_any_isPrinted() {
        assertThat(Tool.run("--version").succeeded().out()).startsWith("snapshot-tool ");
    }

    @Test
    void list_standardOutputBroken_isStatus1() throws Exception {
        Sample sample = Sample.create(directory);
        sample.take();
        StringWriter err = new StringWriter();
        CommandLine tool = SnapshotTool.commandLine(() -> false, Map.of(), sample.command("list"))
                .setOut(new PrintWriter(full(), false, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(err));
        assertThat(tool.execute(sample.command("list"))).isEqualTo(1);
        assertThat(err.toString()).contains("could not be written to standard output");
    }

    private static OutputStream full() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("no space left on device");
            }
        };
    }

    @Test
    void run_verbose_printsTheStackTrace() {
        Outcome outcome = Tool.run("list", "--name", "x", "--store", "file:" + directory + "/none", "--verbose");
        assertThat(outcome.err()).contains("no store at file:", "ContainerMissingException", "at io.harmonylite");
    }
}
