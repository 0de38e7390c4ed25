package io.harmonylite.snapshot.crash;

/** Told before each step that a crash can cut off: a file operation, or a call of SQLite. */
@FunctionalInterface
interface Step {

    /** What calls of SQLite are called: everything else goes through the seam over file operations. */
    String SQLITE = "sqlite";

    /** Takes no notice. */
    Step NONE = (operation, subject) -> {};

    /**
     * May wait, or end the process.
     *
     * @param operation its name
     * @param subject the path it is about, where that matters; else a word for people
     */
    void before(String operation, String subject);
}
