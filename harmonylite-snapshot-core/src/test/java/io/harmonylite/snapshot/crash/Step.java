package io.harmonylite.snapshot.crash;

/** Receives each step before it is taken: a file operation or a call of SQLite. */
@FunctionalInterface
interface Step {

    /** The operation of all calls of SQLite; every other operation goes through the seam over file operations. */
    String SQLITE = "sqlite";

    /** Ignores every step. */
    Step NONE = (operation, subject) -> {};

    /**
     * Called before a step; may wait, or end the process.
     *
     * @param operation the name of the operation
     * @param subject the path concerned if it matters, otherwise a word for messages
     */
    void before(String operation, String subject);
}
