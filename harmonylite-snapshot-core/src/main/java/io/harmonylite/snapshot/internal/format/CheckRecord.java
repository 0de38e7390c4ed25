package io.harmonylite.snapshot.internal.format;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * SQLite's check of an image that has no damage. A manifest records the check that was made before the image was
 * sealed. Immutable.
 *
 * @param kind the pragma: {@code quick_check} or {@code integrity_check}
 * @param sqlite version of SQLite
 * @param violations violated constraints with table, column and number of rows
 * @param unchecked tables that SQLite could not check, each with the reason
 */
public record CheckRecord(String kind, String sqlite, List<String> violations, List<String> unchecked) {

    /** Maximum number of findings of each kind in a manifest. */
    static final int MAX_FINDINGS = 100;

    private static final Set<String> KINDS = Set.of("quick_check", "integrity_check");
    private static final int MAX_LENGTH = 400;

    /** Copies the lists. */
    public CheckRecord {
        violations = List.copyOf(violations);
        unchecked = List.copyOf(unchecked);
    }

    /** Returns whether SQLite checked all tables. */
    public boolean isComplete() {
        return KINDS.contains(kind) && unchecked.isEmpty();
    }

    /** Returns warnings about the image. */
    public Stream<String> warnings() {
        return Stream.concat(violations.stream(), unchecked.stream().map("table not checked: "::concat));
    }

    /** Returns the record for a manifest: at most 100 findings of each kind, each of at most 400 code points. */
    public CheckRecord shortened() {
        return new CheckRecord(kind, sqlite, shortened(violations), shortened(unchecked));
    }

    private static List<String> shortened(List<String> findings) {
        return findings.stream()
                .limit(MAX_FINDINGS)
                .map(finding -> finding.codePoints()
                        .limit(MAX_LENGTH)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString())
                .toList();
    }
}
