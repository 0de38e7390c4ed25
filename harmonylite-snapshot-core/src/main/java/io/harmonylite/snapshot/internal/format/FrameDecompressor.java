package io.harmonylite.snapshot.internal.format;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;

/** Decompresses frames into bounded memory. Not thread-safe; holds native memory until it is closed. */
final class FrameDecompressor implements AutoCloseable {

    private final ZstdDecompressCtx zstd = NativeLibrary.zstd(ZstdDecompressCtx::new);

    /** Returns the length of a frame's content, as the frame declares it. Throws if it is above {@code max}. */
    static int contentLength(byte[] source, int offset, int length, int max) throws MalformedException {
        long size = Zstd.getFrameContentSize(source, offset, length);
        if (size < 0 || size > max) {
            throw new MalformedException("a frame declares " + size + " bytes of content; the maximum is " + max);
        }
        return (int) size;
    }

    /**
     * Fills the first {@code expected} bytes of {@code target} from a frame. Throws if the frame holds another number
     * of bytes.
     */
    void decompress(byte[] source, int offset, int length, byte[] target, int expected) throws MalformedException {
        try {
            int size = zstd.decompressByteArray(target, 0, expected, source, offset, length);
            if (size != expected) {
                throw new MalformedException("a frame holds " + size + " bytes instead of " + expected);
            }
        } catch (ZstdException e) {
            throw new MalformedException("not a zstd frame: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        zstd.close();
    }
}
