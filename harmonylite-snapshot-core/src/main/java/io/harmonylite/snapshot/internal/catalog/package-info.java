/**
 * Contents of a store: the object names of format 1, the manifests, the order of snapshots, pins and proofs, and the
 * translation of a store's exceptions into those of the library.
 */
@NullMarked
package io.harmonylite.snapshot.internal.catalog;

import org.jspecify.annotations.NullMarked;
