/**
 * Runs a real {@code nats-server} for tests and examples, alone or as a cluster of three, in child processes.
 *
 * <p>Needs JUnit Jupiter 5 and jnats on the test class path.
 */
package io.harmonylite.snapshot.nats.testing;
