package io.harmonylite.snapshot.internal.format;

/**
 * The mark that a sequence map's file and its database share. The counter rises in the database first and then in the
 * map, so a lower counter in the database shows that an older copy of it was put back. Immutable.
 *
 * @param id random id
 * @param counter how often the two were seen together; 0 in a map whose id was not written to a database yet
 */
public record Binding(String id, long counter) {

    /** Throws if the counter is negative. */
    public Binding {
        if (counter < 0) {
            throw new IllegalArgumentException("the counter of a binding must be at least 0, not " + counter);
        }
    }

    /** Returns whether a database was given the id. */
    public boolean isConfirmed() {
        return counter > 0;
    }
}
