package io.harmonylite.snapshot.internal.sqlite;

import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;

/**
 * The findings of SQLite's check of a database file. Immutable.
 *
 * @param damage findings of damage, at most ten
 * @param constraints violated constraints with table, column and number of rows: the file is sound
 * @param unchecked tables that SQLite could not check, each with the reason
 */
public record CheckFindings(List<String> damage, List<String> constraints, List<String> unchecked) {

    /** Logs what is not damage as warnings about {@code subject}. */
    public void warn(Logger log, Object subject) {
        Stream.concat(constraints.stream(), unchecked.stream().map("table not checked: "::concat))
                .forEach(warning -> log.warn("{}: {}", subject, warning));
    }
}
