package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.store.DamagedObjectException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * Reads a range of an object. Of chunks before the range only the headers are received, unless they are few. Returns
 * the last chunk of the object only after its number of chunks and size, and the digest of a completely read object,
 * were verified. Not thread-safe.
 */
final class ChunkInputStream extends InputStream {

    private static final byte[] NONE = {};
    private static final int FEW = 4;

    private final ChunkSource source;
    private final StoredObject object;
    private final ObjectDigest digest = new ObjectDigest();
    private byte[] chunk = NONE;
    private int at;
    private long chunks;
    private long bytes;
    private long toSkip;
    private long left;
    private boolean skipped;
    private boolean closed;

    ChunkInputStream(ChunkSource source, StoredObject object, long offset, long length) {
        this.source = source;
        this.object = object;
        this.toSkip = offset;
        this.left = length;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        if (closed) {
            throw new IOException("the input stream of " + object.name() + " is closed");
        }
        if (length == 0) {
            return 0;
        }
        if (left == 0) {
            return -1;
        }
        while (at == chunk.length) {
            load();
        }
        int count = (int) Math.min(Math.min(length, chunk.length - at), left);
        System.arraycopy(chunk, at, buffer, offset, count);
        at += count;
        left -= count;
        return count;
    }

    @Override
    public void close() {
        closed = true;
        source.close();
    }

    private void load() throws IOException {
        if (chunks == object.chunks()) {
            throw damaged("ends after " + bytes + " bytes");
        }
        if (chunks == 0) {
            jump(object.chunkAt(toSkip, 0));
        }
        chunk = source.next();
        if (skipped && chunk.length != Math.min(object.chunkSize(), object.size() - bytes)) {
            throw damaged("has a chunk of " + chunk.length + " bytes");
        }
        chunks++;
        bytes += chunk.length;
        digest.update(chunk);
        if (chunks == object.chunks()) {
            verify();
        }
        at = (int) Math.min(toSkip, chunk.length);
        toSkip -= at;
    }

    private void jump(long first) throws IOException {
        if (first >= FEW) {
            source.skip(first);
            skipped = true;
            chunks = first;
            bytes = first * object.chunkSize();
            toSkip -= bytes;
        }
    }

    private void verify() throws DamagedObjectException {
        if (bytes != object.size()) {
            throw damaged("has " + bytes + " bytes");
        }
        if (!skipped && !digest.matches(object.digest())) {
            throw damaged("does not have the digest " + object.digest());
        }
        source.close();
    }

    private DamagedObjectException damaged(String how) {
        return new DamagedObjectException(object.name() + " " + how + ", though it was stored with " + object.size()
                + " bytes in " + object.chunks() + " chunks");
    }
}
