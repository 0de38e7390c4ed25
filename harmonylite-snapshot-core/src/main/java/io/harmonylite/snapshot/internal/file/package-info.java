/**
 * Durable file operations. {@link io.harmonylite.snapshot.internal.file.FileOperations} is the seam: the library
 * creates, writes, syncs, links, renames and deletes every file through it, except for SQLite's own work. A test can
 * thus kill, fail or forget each single operation.
 *
 * <p>A live database and its {@code -wal}, {@code -shm} and {@code -journal} are never opened here. Closing any
 * descriptor of a file drops every POSIX lock that the process holds on it, including SQLite's. They are moved, linked
 * and renamed by name only.
 */
@NullMarked
package io.harmonylite.snapshot.internal.file;

import org.jspecify.annotations.NullMarked;
