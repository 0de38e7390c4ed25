package io.harmonylite.snapshot.internal.format;

/**
 * Where consecutive pages of a leaf are stored: next to each other in one frame of one pack. Immutable.
 *
 * @param firstPage first page, counted from 0 within the leaf
 * @param pages how many
 * @param pack index into the leaf's own list of packs
 * @param frameOffset where the frame starts in the pack
 * @param frameLength its stored length in bytes
 * @param index place of the first page in the frame, counted from 0
 */
public record Run(int firstPage, int pages, int pack, long frameOffset, int frameLength, int index) {}
