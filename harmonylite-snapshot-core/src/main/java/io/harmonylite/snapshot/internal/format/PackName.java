package io.harmonylite.snapshot.internal.format;

import io.harmonylite.snapshot.SnapshotId;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Name of a pack: {@code <snapshot id>-<6 digits>}. Immutable.
 *
 * @param writer id of the snapshot whose take wrote the pack
 * @param number number of the pack in that take, from 0
 */
public record PackName(SnapshotId writer, int number) {

    /** Maximum number of packs that one take can write. */
    public static final int MAX_PACKS = 1_000_000;

    private static final Pattern FORM = Pattern.compile("(.+)-(\\d{6})");

    /** Parses a name; returns empty if it is not of this form. */
    public static Optional<PackName> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new PackName(SnapshotId.parse(matcher.group(1)), Integer.parseInt(matcher.group(2))));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // Not a pack name: the snapshot id is invalid.
        }
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s-%06d", writer, number);
    }
}
