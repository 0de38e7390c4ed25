/**
 * Everything that touches a database file: live databases, private copies, staged files.
 *
 * <p>A live database is only ever reached through SQLite. Reading or closing it with Java I/O would drop every lock that
 * SQLite holds on it in this process. Private copies and staged files belong to one run alone and may be read and
 * written freely.
 *
 * <p>SQLite's error codes become this library's exceptions in one place,
 * {@link io.harmonylite.snapshot.internal.sqlite.SqliteFailures}.
 */
@NullMarked
package io.harmonylite.snapshot.internal.sqlite;

import org.jspecify.annotations.NullMarked;
