package io.harmonylite.snapshot.internal.format;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.internal.base.NameTime;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Name of a proof: {@code <snapshot id>-<yyyyMMdd'T'HHmmssSSS'Z'>}. Immutable.
 *
 * @param snapshot id of the proven snapshot
 * @param at time of the proof by the prover's clock, to the millisecond
 */
public record ProofName(SnapshotId snapshot, Instant at) {

    private static final Pattern FORM = Pattern.compile("(.+)-(\\d{8}T\\d{9}Z)");

    /** Truncates the time to the millisecond. */
    public ProofName {
        at = at.truncatedTo(ChronoUnit.MILLIS);
    }

    /** Parses a name; returns empty if it is not of this form. */
    public static Optional<ProofName> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            Instant at = NameTime.parse(matcher.group(2));
            return Optional.of(new ProofName(SnapshotId.parse(matcher.group(1)), at));
        } catch (IllegalArgumentException | DateTimeException e) {
            return Optional.empty(); // Not a proof name: the snapshot id or the time is invalid.
        }
    }

    @Override
    public String toString() {
        return snapshot + "-" + NameTime.format(at);
    }
}
