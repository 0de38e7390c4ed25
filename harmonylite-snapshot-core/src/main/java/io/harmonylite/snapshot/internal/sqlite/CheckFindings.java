package io.harmonylite.snapshot.internal.sqlite;

import java.util.List;

/**
 * The findings of SQLite's check of a database file. Immutable.
 *
 * @param damage findings of damage, at most ten
 * @param constraints violated constraints with table, column and number of rows: the file is sound
 * @param unchecked tables that SQLite could not check, each with the reason
 */
record CheckFindings(List<String> damage, List<String> constraints, List<String> unchecked) {}
