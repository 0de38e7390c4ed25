package io.harmonylite.snapshot.exception;

import java.util.List;

/**
 * Thrown if the image has an older schema than the live database. A person must decide: choose a newer snapshot,
 * migrate the image by a staged edit, or allow the schema to change.
 */
public class SchemaMismatchException extends SnapshotException {

    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 10;

    private final String[] differences;

    /**
     * Creates an exception that lists the differences.
     *
     * @param database the live database
     * @param differences the parts of the image that are older or missing, at least one
     */
    public SchemaMismatchException(String database, List<String> differences) {
        super(message(database, differences));
        this.differences = differences.toArray(String[]::new);
    }

    /** Returns the parts of the image that are older or missing, each as a sentence for people. */
    public List<String> differences() {
        return List.of(differences);
    }

    private static String message(String database, List<String> differences) {
        int hidden = Math.max(0, differences.size() - SHOWN);
        return "the schema of the image is older than the schema of " + database + ": "
                + String.join("; ", differences.subList(0, differences.size() - hidden))
                + (hidden == 0 ? "" : "; and " + hidden + " more")
                + ". Choose a newer snapshot, migrate the image by a staged edit, or allow the schema to change";
    }
}
