/**
 * Encoding and decoding of format 1, which {@code docs/format.md} describes byte by byte.
 *
 * <p>An image is cut into <em>leaves</em> of 16 MiB ({@link io.harmonylite.snapshot.internal.format.ImageGeometry}).
 * The pages of a leaf are compressed into <em>frames</em> of up to 1 MiB; frames and the leaf itself form a
 * <em>pack</em>, an object of the store. The <em>manifest</em> lists packs and leaves. Digests lead from the manifest
 * to every stored byte and every page.
 *
 * <p>This package does no I/O and does not trust its input: decoding is strict and bounded. Invalid input causes a
 * {@link io.harmonylite.snapshot.internal.format.MalformedException}, never an unbounded allocation.
 */
@NullMarked
package io.harmonylite.snapshot.internal.format;

import org.jspecify.annotations.NullMarked;
