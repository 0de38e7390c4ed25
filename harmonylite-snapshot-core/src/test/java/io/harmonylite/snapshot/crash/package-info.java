/**
 * Kills processes and cuts the power at every step of every operation that writes.
 *
 * <p>Another process does each work once. It stops before each file operation and each call of SQLite until this
 * process has read all files. So the state that a crash leaves at any step is known, and one recording yields any
 * number of crashes: a killed process leaves the files as they are, and a power cut leaves their synced part and an
 * arbitrary rest. {@link io.harmonylite.snapshot.crash.Aftermath} checks the result.
 */
package io.harmonylite.snapshot.crash;
