package io.harmonylite.snapshot.internal.format;

/**
 * Decodes packs that were read completely and whose digest was checked. Not thread-safe; reuses its buffers of about 5
 * MiB.
 */
public final class PackReader implements AutoCloseable {

    private final FrameDecompressor decompressor = new FrameDecompressor();
    private final byte[] frame = new byte[ImageGeometry.FRAME_BYTES];

    /** Decodes leaf {@code number}, which is in this pack, and checks it against the manifest. */
    public Leaf leaf(byte[] pack, Manifest manifest, int number) throws MalformedException {
        LeafEntry entry = manifest.leaves().get(number);
        int length = FrameDecompressor.contentLength(pack, entry.offset(), entry.length(), LeafCodec.MAX_BYTES);
        byte[] content = new byte[length];
        decompressor.decompress(pack, entry.offset(), entry.length(), content, length);
        return LeafCodec.decode(content, length, manifest, number);
    }

    /**
     * Decodes the frame that holds the pages of a run, and checks each of these pages against its digest.
     *
     * @param bytes a whole pack, or the frame alone
     * @param offset offset of the frame in {@code bytes}
     * @return a buffer that holds the frame until the next call; the run's pages start at {@code run.index() ×
     *     pageSize}
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
