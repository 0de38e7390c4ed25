package io.harmonylite.snapshot.examples.tool;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The operator's tool. */
@Command(name = "snapshot-tool", mixinStandardHelpOptions = true, description = "Takes, checks and restores snapshots.")
public final class SnapshotTool implements Callable<Integer> {
    private SnapshotTool() {}

    /**
     * Runs one command.
     *
     * @param args the command and its options
     */
    public static void main(String[] args) {
        System.exit(new CommandLine(new SnapshotTool()).execute(args));
    }

    @Override
    public Integer call() {
        CommandLine.usage(this, System.err);
        return CommandLine.ExitCode.USAGE;
    }
}
