package io.harmonylite.snapshot.internal.format;

import io.harmonylite.snapshot.exception.UnsupportedFormatException;
import java.util.Arrays;

/**
 * The digest that follows a CBOR map, and the map's format version:
 *
 * <pre>
 * n bytes   a CBOR map with the key "format"
 * 32 bytes  SHA-256 of all bytes before
 * </pre>
 *
 * A version above the newest known one is too new, which is another error than damage. It is believed only if the
 * digest is right.
 */
final class CborEnvelope {

    private CborEnvelope() {}

    /** Encodes a map and appends its digest. */
    static byte[] encode(CborWriter.Item map) {
        byte[] encoded = CborWriter.encode(map);
        byte[] all = Arrays.copyOf(encoded, encoded.length + Digest.LENGTH);
        seal(all, encoded.length);
        return all;
    }

    /** Writes the digest of all bytes before {@code end} to {@code end}. */
    static void seal(byte[] bytes, int end) {
        System.arraycopy(Digest.of(bytes, 0, end).bytes(), 0, bytes, end, Digest.LENGTH);
    }

    /** Throws if the digest of all bytes before {@code end} is not at {@code end}. */
    static void check(byte[] bytes, int end) throws MalformedException {
        if (end < 0 || end + Digest.LENGTH > bytes.length) {
            throw new MalformedException("it ends before its digest");
        }
        if (!Digest.of(bytes, 0, end).equals(Digest.copyOf(bytes, end))) {
            throw new MalformedException("its digest does not match its bytes");
        }
    }

    /**
     * Decodes a map that is followed by its digest.
     *
     * @param newest the newest format that is known
     * @param what what the map is, for a message
     * @param field reads the values of all keys but {@code format}
     * @throws UnsupportedFormatException if a newer version wrote it
     */
    static Fields decode(byte[] bytes, int newest, String what, FieldReader field) throws MalformedException {
        int end = bytes.length - Digest.LENGTH;
        check(bytes, end);
        Fields fields = new Fields();
        try (CborReader in = CborReader.of(bytes, 0, end)) {
            in.beginMap();
            for (String key = in.nextKey(); key != null; key = in.nextKey()) {
                if (key.equals("format")) {
                    fields.put(key, supported(in.unsigned(), newest, what));
                } else {
                    field.read(key, in, fields);
                }
            }
            in.end();
        }
        fields.number("format");
        return fields;
    }

    /**
     * Returns a format version that this version reads.
     *
     * @throws UnsupportedFormatException if it is newer
     */
    static long supported(long format, int newest, String what) throws MalformedException {
        if (format > newest) {
            throw new UnsupportedFormatException(what + " has format " + format + ", and this version of the library"
                    + " reads format " + newest + ". Use the version that wrote it, or a later one");
        }
        if (format < 1) {
            throw new MalformedException("it has no format version");
        }
        return format;
    }

    /** Reads the value of a key. */
    @FunctionalInterface
    interface FieldReader {

        /** Reads the value of a known key into the fields, and skips that of an unknown one. */
        void read(String key, CborReader in, Fields fields) throws MalformedException;
    }
}
