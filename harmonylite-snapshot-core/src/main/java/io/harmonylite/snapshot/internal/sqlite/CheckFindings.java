package io.harmonylite.snapshot.internal.sqlite;

import java.util.List;

/**
 * The findings of SQLite's check of a database file: at most ten of damage; violated constraints of a sound file; and
 * tables that SQLite could not check. Immutable.
 */
record CheckFindings(List<String> damage, List<String> constraints, List<String> unchecked) {}
