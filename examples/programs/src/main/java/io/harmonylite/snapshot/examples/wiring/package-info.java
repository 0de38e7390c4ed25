/**
 * The order in which hosts open and close things: {@link PlainHost} with a plain {@code main}, {@link SpringHost} on
 * Spring Boot.
 */
@NullMarked
package io.harmonylite.snapshot.examples.wiring;

import org.jspecify.annotations.NullMarked;
