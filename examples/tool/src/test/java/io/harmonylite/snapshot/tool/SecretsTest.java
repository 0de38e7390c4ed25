package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.tool.Tool.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that a password in a URL is never printed. */
class SecretsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://user:hunter2@host/bucket",
                "ftp://user:hun@hunter2@host/bucket",
                "file://user:hunter2@host/bucket",
                "ftp://user:hunter2 @host/bucket",
                "ftp://user:hunter2/x@host/bucket",
                "://user:hunter2@host",
                "1://user:hunter2@host"
            })
    void run_passwordInAUrl_isNeverPrinted(String store) {
        for (String json : new String[] {"--verbose", "--json"}) {
            assertHidden(Tool.run("list", "--name", "x", "--store", store, json));
            assertHidden(Tool.run("list", "--name", "x", "--store=" + store, "--verbose", json));
            assertHidden(Tool.run("list", "--name", "x", "--stroe=" + store, json));
            assertHidden(Tool.run("list", "--name", store, "--store", "file:/x", json));
            assertHidden(Tool.run(store, json));
            assertHidden(Tool.run("take", "--name", "x", "--database", store, "--store", "file:/x", "--verbose", json));
        }
    }

    private static void assertHidden(Outcome outcome) {
        assertThat(outcome.status()).isNotZero();
        assertThat(outcome.out() + outcome.err()).isNotEmpty().doesNotContain("hunter2");
    }

    @Test
    void hide_severalLines_hidesEach() {
        assertThat(Secrets.hide("a nats://u:p@h b\nc nats://q@h d")).isEqualTo("a nats://***@h b\nc nats://***@h d");
        assertThat(Secrets.hide("file:///home/me@work")).isEqualTo("file://***@work");
        assertThat(Secrets.hide("file:/home/me@work")).isEqualTo("file:/home/me@work");
    }
}
