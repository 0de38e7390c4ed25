package io.harmonylite.snapshot.tool;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints a script that completes commands and options. */
@Command(
        name = "completion",
        description = "Prints a script that completes commands and options in bash and zsh.",
        footerHeading = "%nExample, for ~/.bashrc or ~/.zshrc:%n",
        footer = "  source <(snapshot-tool completion)")
@SuppressWarnings("NullAway.Init") // Picocli injects the specification.
final class CompletionCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws ResultLostException {
        CommandLine all = SnapshotTool.withAllCommands();
        PrintWriter out = spec.commandLine().getOut();
        out.print(AutoComplete.bash(all.getCommandName(), all));
        if (out.checkError()) {
            throw new ResultLostException();
        }
        return ExitStatus.DONE.code();
    }
}
