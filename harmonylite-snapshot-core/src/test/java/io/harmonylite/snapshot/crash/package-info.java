/**
 * Processes that die, and disks that lose their power, at every step of everything the library does.
 *
 * <p>A work is done once, by another process, which stops before each file operation and each call of SQLite until this one
 * has looked at all the files. So the state that a crash would leave at any step is known, and any number of crashes can be
 * made of one recording: a killed process leaves what was there; a power cut leaves of that what was synced, and of the rest
 * what the disk likes. {@link io.harmonylite.snapshot.crash.Aftermath} says what must hold then.
 */
package io.harmonylite.snapshot.crash;
