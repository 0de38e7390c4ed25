package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.exception.StoreUnavailableException;
import io.harmonylite.snapshot.internal.base.ExceptionAccess;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks that each outcome is logged in one line, details at lower levels, and no content of the database anywhere. */
class LogTest {

    @TempDir
    Path directory;

    @Test
    void log_anyOperation_isOneInfoLineOfKeysAndValues() throws Exception {
        ChildJvm.Result result = ChildJvm.run(LoggedOperations.class, directory);
        assertThat(result.output()).contains("as planned");
        assertThat(result.status()).isZero();
        List<String> info = result.output()
                .lines()
                .filter(line -> line.contains("INFO ") && line.contains("io.harmonylite"))
                .toList();
        assertThat(info)
                .hasSize(8)
                .allMatch(
                        line -> line.matches(".*INFO io\\.harmonylite\\.snapshot\\.outcome - operation=\\w+ name=orders"
                                + " outcome=(done|failed)( snapshot=\\S+)?( failure=\\w+)?( stage=\\w+)? bytes=\\d+"
                                + "( (referenced|reused)=\\d+ image=\\d+)? ms=\\d+"));
        for (Operation operation : Operation.values()) {
            long lines = info.stream()
                    .filter(line -> line.contains("operation=" + operation.label() + " "))
                    .count();
            assertThat(lines)
                    .as("%s", operation)
                    .isEqualTo(operation == Operation.TAKE ? 2 : operation == Operation.TRIM ? 0 : 1);
        }
        assertThat(info.get(7)).contains("outcome=failed", "failure=SnapshotConfigurationException", "stage=SEAL");
        assertThat(result.output())
                .contains("DEBUG", "stage=CAPTURE", "not allowed")
                .doesNotContain("secret", "WARN io.", "ERROR io.");
    }

    @Test
    void toString_failedOutcome_containsTheStageButNotTheMessage() {
        StoreUnavailableException failure = new StoreUnavailableException("no way to the store");
        ExceptionAccess.setStage(failure, Stage.SEAL);
        OperationOutcome outcome = new OperationOutcome(
                Operation.TAKE,
                "orders",
                Instant.EPOCH,
                Duration.ofMillis(1_234),
                false,
                Optional.empty(),
                0,
                0,
                0,
                0,
                Optional.of(failure));
        assertThat(outcome)
                .hasToString("operation=take name=orders outcome=failed failure=StoreUnavailableException stage=SEAL"
                        + " bytes=0 ms=1234");
    }
}
