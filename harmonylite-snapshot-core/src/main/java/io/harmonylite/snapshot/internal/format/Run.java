package io.harmonylite.snapshot.internal.format;

/**
 * Location of consecutive pages of a leaf, which are adjacent in one frame of one pack. Immutable.
 *
 * @param firstPage first page, counted from 0 within the leaf
 * @param pages number of pages
 * @param pack index into the leaf's own list of packs
 * @param frameOffset offset of the frame in the pack
 * @param frameLength stored length of the frame in bytes
 * @param index position of the first page in the frame, counted from 0
 */
public record Run(int firstPage, int pages, int pack, long frameOffset, int frameLength, int index) {}
