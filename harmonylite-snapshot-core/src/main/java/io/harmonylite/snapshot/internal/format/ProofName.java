package io.harmonylite.snapshot.internal.format;

import io.harmonylite.snapshot.SnapshotId;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Name of a proof: {@code <snapshot id>-<yyyyMMdd'T'HHmmssSSS'Z'>}. Immutable.
 *
 * @param snapshot the snapshot that was proven
 * @param at when, by the prover's clock, to the millisecond
 */
public record ProofName(SnapshotId snapshot, Instant at) {

    private static final Pattern FORM = Pattern.compile("(.+)-(\\d{8}T\\d{9}Z)");

    /** Cuts the instant to the millisecond. */
    public ProofName {
        at = at.truncatedTo(ChronoUnit.MILLIS);
    }

    /** Reads a name; empty where it is not of that form. */
    public static Optional<ProofName> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            Instant at = NameTime.parse(matcher.group(2));
            return Optional.of(new ProofName(SnapshotId.parse(matcher.group(1)), at));
        } catch (IllegalArgumentException | DateTimeException e) {
            return Optional.empty(); // What does not parse is not one of our names.
        }
    }

    @Override
    public String toString() {
        return snapshot + "-" + NameTime.format(at);
    }
}
