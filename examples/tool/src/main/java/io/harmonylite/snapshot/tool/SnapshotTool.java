package io.harmonylite.snapshot.tool;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The command line tool: {@code java -jar snapshot-tool.jar COMMAND OPTIONS}. A new command is one more entry below.
 */
@Command(
        name = "snapshot-tool",
        subcommands = {
            TakeCommand.class,
            ListCommand.class,
            VerifyCommand.class,
            RestoreCommand.class,
            RecoverCommand.class,
            ExportCommand.class,
            PruneCommand.class,
            WatchCommand.class,
            HealthCommand.class,
            TrimCommand.class,
            PinCommand.class,
            UnpinCommand.class,
            PositionsCommand.class
        },
        description = "Takes, verifies and restores snapshots of SQLite databases.",
        scope = ScopeType.INHERIT,
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        usageHelpWidth = 110,
        sortOptions = false,
        abbreviateSynopsis = false,
        synopsisSubcommandLabel = "COMMAND",
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nCommands:%n",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:done",
            "1:failure without a status of its own",
            "2:wrong usage, configuration or permission",
            "3:not found: directory, bucket, database, sequence map or snapshot",
            "4:damaged or unsupported data, in the store, the database or the sequence map",
            "5:store or server unavailable, or the outcome is unknown",
            "6:a person must decide",
            "7:busy: in progress, or the database is in use",
            "8:not enough space"
        },
        footer = {
            "",
            "In the examples, snapshot-tool stands for java -jar snapshot-tool.jar. A backup and a restore:",
            "  snapshot-tool take    --name orders --store file:/backup --database /var/lib/orders.db",
            "  snapshot-tool list    --name orders --store file:/backup",
            "  snapshot-tool restore --name orders --store file:/backup --database /var/lib/orders.db"
        })
@SuppressWarnings("NullAway.Init") // Picocli injects the specification.
public final class SnapshotTool implements Runnable {

    private final BooleanSupplier terminal;

    @Spec
    private CommandSpec spec;

    private SnapshotTool(BooleanSupplier terminal) {
        this.terminal = terminal;
    }

    /**
     * Runs one command and ends the process with its status.
     *
     * @param args the command and its options
     */
    public static void main(String[] args) {
        if (Arrays.asList(args).contains("--verbose")) {
            System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "debug"); // Before the first logger is made.
        }
        System.exit(commandLine(TerminalCheck::isErrorATerminal, args)
                .setOut(standardOutput())
                .execute(args));
    }

    /** Returns a writer that records errors, unlike picocli's, and uses the encoding of {@code System.out}. */
    @SuppressWarnings("DefaultCharset")
    private static PrintWriter standardOutput() {
        return new PrintWriter(System.out);
    }

    /**
     * Creates the command line for one run.
     *
     * @param terminal whether stderr is a terminal that shows progress
     */
    static CommandLine commandLine(BooleanSupplier terminal, String... args) {
        CommandLine commandLine = new CommandLine(new SnapshotTool(terminal));
        if (Arrays.asList(args).contains("--harmonylite")) {
            commandLine.getCommandSpec().removeSubcommand("restore");
            commandLine.addSubcommand(new RestoreHarmonyLiteCommand()); // Its options differ: it reads no store.
        }
        Converters.register(commandLine);
        Failures failures = new Failures(args);
        return commandLine.setParameterExceptionHandler(failures).setExecutionExceptionHandler(failures);
    }

    boolean isTerminal() {
        return terminal.getAsBoolean();
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command is given");
    }
}
