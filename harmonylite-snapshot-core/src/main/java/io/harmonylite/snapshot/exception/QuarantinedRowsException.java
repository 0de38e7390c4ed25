package io.harmonylite.snapshot.exception;

/**
 * Thrown if a snapshot for HarmonyLite would lack the rows in its quarantine. A person must decide: write the rows again
 * on a node of the cluster, or remove them from the quarantine.
 */
public class QuarantinedRowsException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message that names the rows. */
    public QuarantinedRowsException(String message) {
        super(message);
    }
}
