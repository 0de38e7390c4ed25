package io.harmonylite.snapshot.internal.format;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** A SHA-256 digest. Immutable and thread-safe. */
public final class Digest {

    /** Length of a digest in bytes. */
    public static final int LENGTH = 32;

    private final byte[] bytes;

    private Digest(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Copies a digest of {@value #LENGTH} bytes from an array. */
    public static Digest copyOf(byte[] bytes, int offset) {
        return new Digest(Arrays.copyOfRange(bytes, offset, offset + LENGTH));
    }

    /** Computes the digest of part of an array. */
    public static Digest of(byte[] bytes, int offset, int length) {
        MessageDigest sha256 = sha256();
        sha256.update(bytes, offset, length);
        return finish(sha256);
    }

    /** Computes the digest of an array. */
    public static Digest of(byte[] bytes) {
        return of(bytes, 0, bytes.length);
    }

    /** Ends a computation, resets it, and returns its digest. */
    public static Digest finish(MessageDigest sha256) {
        return new Digest(sha256.digest());
    }

    /** Starts a new computation. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Returns a copy of the bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Adds the bytes to another computation. */
    public void updateTo(MessageDigest sha256) {
        sha256.update(bytes);
    }

    /** Returns the digest in lower-case hex. */
    public String hex() {
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Digest that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return hex();
    }
}
