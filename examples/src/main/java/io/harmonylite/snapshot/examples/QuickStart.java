package io.harmonylite.snapshot.examples;

/** Takes a snapshot, loses the database and restores it. */
public final class QuickStart {
    private QuickStart() {}

    /**
     * Runs the example.
     *
     * @param args not used
     */
    public static void main(String[] args) {
        System.out.println("Quick start: nothing here yet.");
    }
}
