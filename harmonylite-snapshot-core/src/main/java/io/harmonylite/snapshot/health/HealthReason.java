package io.harmonylite.snapshot.health;

/**
 * One reason why not all is well. Immutable.
 *
 * @param cause what it is about
 * @param sentence what it is, with names and numbers, for people
 */
public record HealthReason(HealthCause cause, String sentence) {}
