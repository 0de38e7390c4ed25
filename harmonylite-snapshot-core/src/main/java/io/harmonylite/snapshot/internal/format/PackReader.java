package io.harmonylite.snapshot.internal.format;

/**
 * Takes packs apart that were read whole and whose digest was checked. Not thread-safe; reuses its buffers, which are
 * about 5 MiB.
 */
public final class PackReader implements AutoCloseable {

    private final FrameDecompressor decompressor = new FrameDecompressor();
    private final byte[] frame = new byte[ImageGeometry.FRAME_BYTES];

    /** Decodes the leaf of a number, which lies in this pack, and checks it against the manifest. */
    public Leaf leaf(byte[] pack, Manifest manifest, int number) throws MalformedException {
        LeafEntry entry = manifest.leaves().get(number);
        int length = FrameDecompressor.contentLength(pack, entry.offset(), entry.length(), LeafCodec.MAX_BYTES);
        byte[] content = new byte[length];
        decompressor.decompress(pack, entry.offset(), entry.length(), content, length);
        return LeafCodec.decode(content, length, manifest, number);
    }

    /**
     * Decodes the frame in which the pages of a run lie, and checks each of them against its digest.
     *
     * @param bytes a whole pack, or the frame alone
     * @param offset where the frame starts in {@code bytes}
     * @return a buffer that holds the frame until the next call; the run's pages start at {@code run.index() × pageSize}
     */
    public byte[] pages(byte[] bytes, int offset, Leaf leaf, Run run, int pageSize) throws MalformedException {
        int length = FrameDecompressor.contentLength(bytes, offset, run.frameLength(), frame.length);
        if ((run.index() + run.pages()) * pageSize > length) {
            throw new MalformedException("a run lies outside its frame");
        }
        decompressor.decompress(bytes, offset, run.frameLength(), frame, length);
        for (int page = 0; page < run.pages(); page++) {
            Digest found = Digest.of(frame, (run.index() + page) * pageSize, pageSize);
            if (!found.equals(Digest.copyOf(leaf.digests(), (run.firstPage() + page) * Digest.LENGTH))) {
                throw new MalformedException("page " + (run.firstPage() + page + 1) + " of a leaf has another digest");
            }
        }
        return frame;
    }

    @Override
    public void close() {
        decompressor.close();
    }
}
