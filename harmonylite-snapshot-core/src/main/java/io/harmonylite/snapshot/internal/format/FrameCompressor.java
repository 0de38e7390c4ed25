package io.harmonylite.snapshot.internal.format;

import com.github.luben.zstd.ZstdCompressCtx;

/**
 * Compresses frames: independent zstd frames that carry their content size and no checksum, since the pack's digest
 * covers them. Not thread-safe; holds native memory until it is closed.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8878">RFC 8878</a>
 */
final class FrameCompressor implements AutoCloseable {

    private final ZstdCompressCtx zstd = new ZstdCompressCtx();

    FrameCompressor(int level) {
        zstd.setLevel(level).setChecksum(false).setContentSize(true);
    }

    /** Returns the length of the frame, which is written to {@code target} at {@code offset}. */
    int compress(byte[] source, int length, byte[] target, int offset) {
        return zstd.compressByteArray(target, offset, target.length - offset, source, 0, length);
    }

    @Override
    public void close() {
        zstd.close();
    }
}
