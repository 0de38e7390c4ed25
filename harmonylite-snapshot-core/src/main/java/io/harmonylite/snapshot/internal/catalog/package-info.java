/**
 * What is where in a store: the names of format 1, reading manifests, choosing between snapshots, and the one place where
 * a store's exceptions become those of the library.
 */
@NullMarked
package io.harmonylite.snapshot.internal.catalog;

import org.jspecify.annotations.NullMarked;
