package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the completion in a real bash. */
@DisabledOnOs(OS.WINDOWS)
class CompletionCommandTest {

    @TempDir
    Path directory;

    private List<String> complete(String... words) throws IOException, InterruptedException {
        Path script = directory.resolve("completion");
        Files.writeString(
                script, ToolProcess.in(directory).run("completion").succeeded().out());
        String line = "source " + script + "; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1));"
                + " _complete_snapshot-tool; printf '%s\\n' \"${COMPREPLY[@]}\"";
        List<String> command = Stream.concat(Stream.of("bash", "-c", line, "bash"), Stream.of(words))
                .toList();
        Process bash = new ProcessBuilder(command).redirectErrorStream(true).start();
        String answer = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as(answer).isZero();
        return answer.lines().map(String::strip).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "ta, take",
        "restore --keep, --keep-previous",
        "prune --keep-m, --keep-monthly",
        "list --nats-max, --nats-max-bytes",
        "report --ht, --html"
    })
    void completion_beginning_isCompleted(String line, String expected) throws Exception {
        assertThat(complete(("snapshot-tool " + line).split(" ", -1))).contains(expected);
    }

    @Test
    void completion_everyCommand_isOffered() throws Exception {
        List<String> offered = complete("snapshot-tool", "");
        SnapshotTool.withAllCommands()
                .getSubcommands()
                .keySet()
                .forEach(command -> assertThat(offered).contains(command));
    }
}
