package io.harmonylite.snapshot.health;

/**
 * One reason why the health is not OK. Immutable.
 *
 * @param cause the cause
 * @param sentence the problem with names and numbers, for people
 */
public record HealthReason(HealthCause cause, String sentence) {}
