/**
 * Everything that makes files durable. {@link io.harmonylite.snapshot.internal.file.FileOperations} is the seam: every
 * file the library creates, writes, syncs, links, renames or deletes goes through it, except what SQLite does itself,
 * so that a test can kill, fail or forget at each single operation.
 *
 * <p>A live database, its {@code -wal}, {@code -shm} and {@code -journal} are never opened here: closing any descriptor
 * of a file drops every POSIX lock the process holds on it, SQLite's own included. They are moved, linked and renamed
 * by name only.
 */
@NullMarked
package io.harmonylite.snapshot.internal.file;

import org.jspecify.annotations.NullMarked;
