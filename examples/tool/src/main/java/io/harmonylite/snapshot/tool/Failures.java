package io.harmonylite.snapshot.tool;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.InvalidPathException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Reports a failure in one line on stderr, with {@code --verbose} also the stack trace, and with {@code --json} also a
 * document on stdout. Passwords in URLs are hidden in all of them.
 */
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {

    private final Map<String, String> environment;
    private final List<String> arguments;

    /** Creates a reporter for one run with these variables and arguments. */
    Failures(Map<String, String> environment, String... arguments) {
        this.environment = environment;
        this.arguments = List.of(arguments);
    }

    @Override
    public int handleParseException(ParameterException failure, String[] args) {
        CommandLine command = failure.getCommandLine();
        return report(command, failure, message(failure) + suggestions(failure) + variable(failure) + advice(command));
    }

    /** Names the variable that may have set a wrong value. */
    private String variable(ParameterException failure) {
        String variable = failure.getArgSpec() == null ? null : Variables.variable(failure.getArgSpec());
        return variable != null && environment.containsKey(variable) && !isGiven((OptionSpec) failure.getArgSpec())
                ? "; check the variable " + variable
                : "";
    }

    private boolean isGiven(OptionSpec option) {
        return arguments.stream().anyMatch(argument -> List.of(option.names()).contains(argument.split("=", 2)[0]));
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
        return failure instanceof ParameterException wrong
                ? handleParseException(wrong, new String[0])
                : report(command, failure);
    }

    /** Reports a failure, and returns the status of the process. */
    int report(CommandLine command, Throwable failure) {
        String removed = ExitStatus.of(failure) == ExitStatus.INTERRUPTED
                ? "; scratch files and unfinished packs are removed"
                : "";
        return report(command, failure, message(failure) + removed);
    }

    /** Returns the message of an exception in one line, without passwords. */
    static String message(Throwable failure) {
        if (failure instanceof OutOfMemoryError) {
            return "not enough memory: " + failure.getMessage() + "; start Java with more, for instance -Xmx512m";
        }
        if (failure.getCause() instanceof InvalidPathException path) { // From the start of a class of Java.
            return message(path);
        }
        if (failure instanceof InvalidPathException path) {
            return path.getInput() + " is no path in the locale of this process: " + path.getReason()
                    + "; set LC_ALL=C.UTF-8";
        }
        boolean expected = failure.getMessage() != null && ExitStatus.of(failure) != ExitStatus.FAILED;
        String text = expected || isOurs(failure)
                ? String.valueOf(failure.getMessage())
                : "internal error: " + failure + "; run it again with --verbose, and report the output";
        return Secrets.hide(text.replaceFirst("^Error: ", "").replaceAll("\\s*\\R\\s*", " "));
    }

    private static boolean isOurs(Throwable failure) {
        return failure.getClass().getName().startsWith("io.harmonylite.snapshot.");
    }

    private static String suggestions(ParameterException failure) {
        if (failure instanceof UnmatchedArgumentException unmatched
                && !unmatched.getSuggestions().isEmpty()) {
            return "; did you mean " + String.join(" or ", unmatched.getSuggestions()) + "?";
        }
        return failure instanceof MissingParameterException ? misspelled(failure.getCommandLine()) : "";
    }

    /** Names unknown options: one of them may be the missing one, misspelled. */
    private static String misspelled(CommandLine command) {
        List<String> unknown = command.getUnmatchedArguments();
        return unknown.isEmpty() ? "" : "; unknown option: " + Secrets.hide(String.join(" ", unknown));
    }

    private static String advice(CommandLine command) {
        return "; see '" + command.getCommandSpec().qualifiedName() + " --help'";
    }

    private int report(CommandLine command, Throwable failure, String message) {
        ExitStatus status = ExitStatus.of(failure);
        PrintWriter err = command.getErr();
        err.println(command.getCommandSpec().root().name() + ": " + message);
        if (arguments.contains("--verbose")) {
            err.print(trace(failure));
        }
        err.flush();
        if (arguments.contains("--json")) {
            boolean areEvents = command.getCommandName().equals("watch");
            command.getOut()
                    .print(areEvents ? Json.line(document(status, message)) : Json.text(document(status, message)));
            command.getOut().flush();
        }
        return status.code();
    }

    private static String trace(Throwable failure) {
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        return Secrets.hide(trace.toString());
    }

    private static Map<String, @Nullable Object> document(ExitStatus status, String message) {
        Map<String, @Nullable Object> error = Documents.empty();
        error.put("status", status.code());
        error.put("kind", status.word());
        error.put("message", message);
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("error", error);
        return document;
    }
}
