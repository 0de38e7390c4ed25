/**
 * Access to database files: live databases, private copies, staged files.
 *
 * <p>A live database is accessed only through SQLite. Opening and closing it with Java I/O would drop every lock that
 * SQLite holds on it in this process. Private copies and staged files belong to a single run and may be read and
 * written freely.
 *
 * <p>SQLite's error codes are translated into this library's exceptions in one place,
 * {@link io.harmonylite.snapshot.internal.sqlite.SqliteFailures}.
 */
@NullMarked
package io.harmonylite.snapshot.internal.sqlite;

import org.jspecify.annotations.NullMarked;
