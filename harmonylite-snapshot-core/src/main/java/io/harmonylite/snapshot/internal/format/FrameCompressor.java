package io.harmonylite.snapshot.internal.format;

import com.github.luben.zstd.ZstdCompressCtx;

/**
 * Compresses frames: independent zstd frames with their content size and without a checksum, because the pack's digest
 * covers them. Not thread-safe; holds native memory until it is closed.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8878">RFC 8878</a>
 */
final class FrameCompressor implements AutoCloseable {

    private final ZstdCompressCtx zstd = NativeLibrary.zstd(ZstdCompressCtx::new);

    FrameCompressor(int level) {
        zstd.setLevel(level).setChecksum(false).setContentSize(true);
    }

    /** Writes a frame to {@code target} at {@code offset}, and returns its length. */
    int compress(byte[] source, int length, byte[] target, int offset) {
        return zstd.compressByteArray(target, offset, target.length - offset, source, 0, length);
    }

    @Override
    public void close() {
        zstd.close();
    }
}
