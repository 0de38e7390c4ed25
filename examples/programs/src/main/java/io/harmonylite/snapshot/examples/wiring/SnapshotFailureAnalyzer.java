package io.harmonylite.snapshot.examples.wiring;

import io.harmonylite.snapshot.exception.SnapshotException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Prints why a recovery failed, instead of a stack trace. {@code META-INF/spring.factories} names it. */
final class SnapshotFailureAnalyzer extends AbstractFailureAnalyzer<SnapshotException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, SnapshotException cause) {
        return new FailureAnalysis(
                cause.getMessage(),
                "Look up " + cause.getClass().getSimpleName() + " in the table of exceptions in docs/wiring.md.",
                cause);
    }
}
