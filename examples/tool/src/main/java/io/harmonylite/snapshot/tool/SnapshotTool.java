package io.harmonylite.snapshot.tool;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The command line tool: {@code snapshot-tool COMMAND OPTIONS}. A new command is one more entry in {@code commands()}.
 */
@Command(
        name = "snapshot-tool",
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
            "3:not found: directory, bucket, stream, database, sequence map or snapshot",
            "4:damaged or unsupported data, in the store, the database or the sequence map",
            "5:store or server unavailable, or the outcome is unknown",
            "6:a person must decide",
            "7:busy: in progress, or the database is in use",
            "8:not enough space or memory",
            "9:a key is missing or wrong, or the snapshot was made without keys",
            "130:ended by SIGINT or SIGTERM; scratch files and packs are removed"
        },
        footer = {
            "",
            "A backup and a restore:",
            "  snapshot-tool take    --name orders --store file:/backup --database /var/lib/orders.db",
            "  snapshot-tool list    --name orders --store file:/backup",
            "  snapshot-tool restore --name orders --store file:/backup --database /var/lib/orders.db",
            "",
            "Each option that has a value can be set by a variable: --store by SNAPSHOT_STORE."
        })
@SuppressWarnings("NullAway.Init") // Picocli injects the specification.
public final class SnapshotTool implements Runnable {

    private static final Map<String, Supplier<Callable<Integer>>> COMMANDS = commands();

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
        } else {
            silence("io.harmonylite.snapshot.internal.watch");
            silence("io.harmonylite.snapshot.internal.restore.RestorePipeline");
        }
        silence("org.sqlite.SQLiteJDBCLoader");
        Termination.interrupt(Thread.currentThread());
        System.exit(commandLine(TerminalCheck::isErrorATerminal, System.getenv(), args)
                .setOut(standardOutput())
                .execute(args));
    }

    /** Silences a logger whose warnings the commands report as failures. */
    private static void silence(String logger) {
        System.setProperty("org.slf4j.simpleLogger.log." + logger, "off");
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
     * @param environment variables that set options
     */
    static CommandLine commandLine(BooleanSupplier terminal, Map<String, String> environment, String... args) {
        Failures failures = new Failures(environment, args);
        CommandLine commandLine = new CommandLine(new SnapshotTool(terminal)) {
            @Override
            public int execute(String... arguments) {
                try {
                    return super.execute(arguments);
                } catch (Throwable e) { // An Error; picocli handles exceptions only.
                    return failures.report(this, e);
                }
            }
        };
        addCommands(commandLine, args);
        if (Arrays.asList(args).contains("--harmonylite")) {
            commandLine.getCommandSpec().removeSubcommand("restore");
            commandLine.addSubcommand(new RestoreHarmonyLiteCommand()); // Its options differ: it reads no store.
        }
        Converters.register(commandLine);
        commandLine.setDefaultValueProvider(new Variables(environment));
        return commandLine.setParameterExceptionHandler(failures).setExecutionExceptionHandler(failures);
    }

    /** Adds the named command alone, since building all of them takes most of the time of a short command; all without a name. */
    private static void addCommands(CommandLine commandLine, String... args) {
        String name = args.length == 0 ? "" : args[0];
        if (args.length == 1 && name.equals("--version")) {
            return;
        }
        COMMANDS.forEach((each, command) -> {
            if (each.equals(name) || !COMMANDS.containsKey(name)) {
                commandLine.addSubcommand(new CommandLine(command.get())); // Applies its transformer.
            }
        });
    }

    /** Returns a command line with every command. */
    static CommandLine withAllCommands() {
        return commandLine(() -> false, Map.of());
    }

    private static Map<String, Supplier<Callable<Integer>>> commands() {
        Map<String, Supplier<Callable<Integer>>> commands = new LinkedHashMap<>();
        commands.put("take", TakeCommand::new);
        commands.put("list", ListCommand::new);
        commands.put("verify", VerifyCommand::new);
        commands.put("restore", RestoreCommand::new);
        commands.put("recover", RecoverCommand::new);
        commands.put("handover", HandoverCommand::new);
        commands.put("export", ExportCommand::new);
        commands.put("copy", CopyCommand::new);
        commands.put("prune", PruneCommand::new);
        commands.put("watch", WatchCommand::new);
        commands.put("health", HealthCommand::new);
        commands.put("trim", TrimCommand::new);
        commands.put("pin", PinCommand::new);
        commands.put("unpin", UnpinCommand::new);
        commands.put("positions", PositionsCommand::new);
        commands.put("report", ReportCommand::new);
        commands.put("keys", KeysCommand::new);
        commands.put("completion", CompletionCommand::new);
        return commands;
    }

    boolean isTerminal() {
        return terminal.getAsBoolean();
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command is given");
    }
}
