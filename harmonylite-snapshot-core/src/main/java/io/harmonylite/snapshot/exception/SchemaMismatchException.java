package io.harmonylite.snapshot.exception;

import java.util.List;

/**
 * The image has an older schema than the live database: a person must decide. Choose a newer snapshot, migrate the image
 * by a staged edit, or allow the schema to change.
 */
public class SchemaMismatchException extends SnapshotException {

    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 10;

    private final String[] differences;

    /**
     * Lists what the image lacks.
     *
     * @param database the live database
     * @param differences what is older or lacking, at least one
     */
    public SchemaMismatchException(String database, List<String> differences) {
        super(message(database, differences));
        this.differences = differences.toArray(String[]::new);
    }

    /** What is older or lacking, each as a sentence a person understands. */
    public List<String> differences() {
        return List.of(differences);
    }

    private static String message(String database, List<String> differences) {
        int hidden = Math.max(0, differences.size() - SHOWN);
        return "the image's schema is older than that of " + database + ": "
                + String.join("; ", differences.subList(0, differences.size() - hidden))
                + (hidden == 0 ? "" : "; and " + hidden + " more")
                + ". Choose a newer snapshot, migrate the image by a staged edit, or allow the schema to change";
    }
}
