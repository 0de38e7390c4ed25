package io.harmonylite.snapshot.tool;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Environment variables that set options with a value: {@code SNAPSHOT_NATS_CREDS} for {@code --nats-creds}. The command
 * line takes precedence.
 *
 * @param environment the environment of the process
 */
record Variables(Map<String, String> environment) implements IDefaultValueProvider {

    /** Options whose value is for one run only: a forgotten variable must not choose what to restore or to retire. */
    private static final Set<String> FOR_ONE_RUN =
            Set.of("--id", "--at", "--position", "--applied", "--on-reset", "--from", "--to", "--html", "--latest");

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        String variable = variable(argument);
        String value = variable == null ? null : environment.get(variable);
        return value == null || value.isEmpty() ? null : value;
    }

    /** Returns the variable of an option; null if there is none. */
    static @Nullable String variable(ArgSpec argument) {
        return argument instanceof OptionSpec option
                        && option.arity().max() > 0
                        && !option.hidden() // Those of the target of a copy.
                        && !FOR_ONE_RUN.contains(option.longestName())
                ? "SNAPSHOT_"
                        + option.longestName()
                                .substring(2)
                                .toUpperCase(Locale.ROOT)
                                .replace('-', '_')
                : null;
    }

    /** Returns whether the command line itself has an option whose name starts with a prefix. */
    static boolean areOnCommandLine(CommandSpec command, String prefix) {
        return command.commandLine().getParseResult().matchedOptions().stream()
                .anyMatch(option -> option.longestName().startsWith(prefix));
    }
}
