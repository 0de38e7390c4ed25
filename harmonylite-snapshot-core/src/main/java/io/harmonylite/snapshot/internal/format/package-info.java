/**
 * Everything that encodes and decodes: format 1, described to the byte in {@code docs/format.md}.
 *
 * <p>An image is cut into <em>leaves</em> of 16 MiB ({@link io.harmonylite.snapshot.internal.format.ImageGeometry}).
 * The pages of a leaf are compressed into <em>frames</em> of up to 1 MiB; frames and the leaf itself form a
 * <em>pack</em>, an object of the store. The <em>manifest</em> names packs and leaves. Digests lead from the manifest to
 * every stored byte and every page.
 *
 * <p>Nothing here does I/O, and nothing here trusts its input: decoding is strict and bounded, and whatever does not fit
 * is a {@link io.harmonylite.snapshot.internal.format.MalformedException}, never an allocation.
 */
@NullMarked
package io.harmonylite.snapshot.internal.format;

import org.jspecify.annotations.NullMarked;
