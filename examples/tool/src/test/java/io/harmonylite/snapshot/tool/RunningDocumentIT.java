package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs the commands of {@code docs/running.md} in a directory of their own, as it says, and checks the other ones. */
@DisabledOnOs(OS.WINDOWS)
class RunningDocumentIT {

    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Pattern CRON = Pattern.compile("(?m)^(?:\\S+ +){5}orders +(.*)$");
    private static final Pattern VARIABLE = Pattern.compile("(?m)^(\\w+)=(\\S+)$");
    private static final Pattern ENVIRONMENT = Pattern.compile("(?m)^Environment=(.*)$");
    private static final Pattern EXEC = Pattern.compile("(?m)^ExecStart=\\S+ (.*)$");
    private static final Pattern DOCKER = Pattern.compile("(?s)\\n    snapshot-tool (.*)$");
    private static final Pattern DOCKER_VARIABLE = Pattern.compile("--env (\\w+)=(\\S+)");
    private static final Pattern CONTAINER = Pattern.compile("(?s)args: (\\[.*?])\\s+env:\\n(.*?)securityContext");
    private static final Pattern YAML_VARIABLE = Pattern.compile("name: (\\w+), value: \"?([^\"}]+)\"?}");

    @TempDir
    Path directory;

    private String page;
    private final TreeMap<String, String> environment = new TreeMap<>();

    @BeforeEach
    void prepareTheDirectory() throws Exception {
        page = Files.readString(ROOT.resolve("docs/running.md"));
        Sample.create(Files.createDirectories(directory.resolve("var/lib/orders")));
        Files.createDirectories(directory.resolve("var/www"));
        environment.put("PATH", directory + "/usr/local/bin:" + System.getenv("PATH"));
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("SNAPSHOT_CACHE", directory.resolve("cache").toString());
    }

    /** Returns the blocks of a language, with the paths of the page in the directory of the test. */
    private List<String> blocks(String language) {
        return Pattern.compile("(?ms)^```" + language + "\\n(.*?)^```$")
                .matcher(page)
                .results()
                .map(block -> block.group(1).replaceAll("(?<![\\w.])/(usr/local|var|backup)\\b", directory + "/$1"))
                .toList();
    }

    private void run(String commands) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        ProcessBuilder builder = new ProcessBuilder("bash", "-euc", commands)
                .directory(ROOT.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("SNAPSHOT_") || name.equals("JAVA_TOOL_OPTIONS"));
        builder.environment().putAll(environment);
        int status = builder.start().waitFor();
        assertThat(status)
                .as("%s\n%s", commands, Files.readString(output, StandardCharsets.UTF_8))
                .isZero();
    }

    @Test
    void shellAndCron_everyCommand_succeeds() throws Exception {
        for (String block : blocks("sh")) {
            run(block);
        }
        assertThat(directory.resolve("var/lib/orders/restored.db")).exists();
        assertThat(directory.resolve("var/www/orders.html")).content().contains("</html>");
        String crontab = blocks("crontab").get(0);
        variables(VARIABLE, crontab).forEach(environment::put);
        List<MatchResult> commands = CRON.matcher(crontab).results().toList();
        assertThat(commands).hasSize(4);
        for (MatchResult command : commands) {
            run(command.group(1));
            assertThat(directory.resolve("output")).as(command.group(1)).isEmptyFile();
        }
    }

    private static Map<String, String> variables(Pattern pattern, String text) {
        TreeMap<String, String> variables = new TreeMap<>();
        pattern.matcher(text).results().forEach(each -> variables.put(each.group(1), each.group(2)));
        return variables;
    }

    /** Checks that a command has all its options, from arguments and variables, without running it. */
    private static void parse(Map<String, String> variables, String... arguments) {
        assertThat(variables).containsKeys("SNAPSHOT_STORE", "SNAPSHOT_NAME");
        SnapshotTool.commandLine(() -> false, variables, arguments).parseArgs(arguments);
    }

    @Test
    void units_everyCommand_isComplete() {
        List<String> services = blocks("ini").stream()
                .filter(unit -> unit.contains("[Service]"))
                .toList();
        assertThat(services).hasSize(2);
        for (String service : services) {
            TreeMap<String, String> variables = new TreeMap<>();
            ENVIRONMENT.matcher(service).results().forEach(line -> {
                for (String pair : line.group(1).split(" ", -1)) {
                    variables.put(pair.split("=", 2)[0], pair.split("=", 2)[1]);
                }
            });
            MatchResult exec = EXEC.matcher(service).results().findFirst().orElseThrow();
            parse(variables, exec.group(1).split(" ", -1));
        }
    }

    @Test
    void units_verifiedBySystemd_haveNoWarning() throws Exception {
        Assumptions.assumeTrue(Volume.run("systemd-analyze", "--version") == 0, "SKIPPED: no systemd-analyze");
        run(blocks("sh").get(0));
        List<String> names = List.of("orders-snapshots.service", "orders-health.service", "orders-health.timer");
        List<String> files = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            assertThat(page).contains("/etc/systemd/system/" + names.get(i));
            files.add(Files.writeString(
                            directory.resolve(names.get(i)), blocks("ini").get(i))
                    .toString());
        }
        run("systemd-analyze verify --man=no " + String.join(" ", files));
        assertThat(Files.readString(directory.resolve("output")).lines()).noneMatch(line -> line.contains("orders-"));
    }

    @Test
    void containers_everyCommand_isComplete() {
        String docker = blocks("docker").get(0);
        parse(
                variables(DOCKER_VARIABLE, docker),
                DOCKER.matcher(docker)
                        .results()
                        .findFirst()
                        .orElseThrow()
                        .group(1)
                        .strip()
                        .split(" ", -1));
        List<MatchResult> containers =
                CONTAINER.matcher(blocks("yaml").get(0)).results().toList();
        assertThat(containers).hasSize(2);
        for (MatchResult container : containers) {
            List<String> arguments = new ArrayList<>();
            Tool.json(container.group(1)).forEach(argument -> arguments.add(argument.asText()));
            parse(variables(YAML_VARIABLE, container.group(2)), arguments.toArray(String[]::new));
        }
    }
}
