package io.harmonylite.snapshot.internal.format;

import io.harmonylite.snapshot.exception.UnsupportedFormatException;
import java.time.Duration;
import java.util.Arrays;

/**
 * The marker that says that a snapshot was rebuilt and checked completely: a CBOR map, followed by its SHA-256.
 *
 * <pre>
 * "format"    1
 * "snapshot"  text: id of the snapshot, the same as in the object's name
 * "at"        milliseconds since 1970, by the prover's clock: the same as in the object's name
 * "elapsed"   milliseconds that fetch, rebuild and check took
 * </pre>
 *
 * A key that is not known is passed over.
 */
public final class ProofCodec {

    /** More than any marker has. */
    public static final int MAX_BYTES = 1024;

    private static final int FORMAT = 1;

    private ProofCodec() {}

    /** Encodes a marker. */
    public static byte[] encode(ProofName name, Duration elapsed) {
        byte[] map = CborWriter.encode(out -> {
            CborWriter.beginMap(out, 4);
            CborWriter.number(out, "format", FORMAT);
            CborWriter.text(out, "snapshot", name.snapshot().toString());
            CborWriter.number(out, "at", name.at().toEpochMilli());
            CborWriter.number(out, "elapsed", elapsed.toMillis());
            out.writeEndObject();
        });
        byte[] all = Arrays.copyOf(map, map.length + Digest.LENGTH);
        System.arraycopy(Digest.of(map).bytes(), 0, all, map.length, Digest.LENGTH);
        return all;
    }

    /**
     * Decodes a marker: how long the proof took.
     *
     * @param name the name it was found under
     * @throws MalformedException where it is damaged, or that of another name
     * @throws UnsupportedFormatException where a newer version wrote it
     */
    public static Duration decode(byte[] bytes, ProofName name) throws MalformedException {
        int length = bytes.length - Digest.LENGTH;
        if (bytes.length > MAX_BYTES
                || length <= 0
                || !Digest.of(bytes, 0, length).equals(Digest.copyOf(bytes, length))) {
            throw new MalformedException("the proof is not complete");
        }
        Fields fields = fields(bytes, length);
        boolean same = fields.text("snapshot").equals(name.snapshot().toString())
                && fields.number("at") == name.at().toEpochMilli();
        if (!same) {
            throw new MalformedException("it is the proof of another name than " + name);
        }
        return Duration.ofMillis(fields.number("elapsed"));
    }

    private static Fields fields(byte[] bytes, int length) throws MalformedException {
        Fields fields = new Fields();
        try (CborReader in = CborReader.of(bytes, 0, length)) {
            in.beginMap();
            for (String key = in.nextKey(); key != null; key = in.nextKey()) {
                switch (key) {
                    case "format" -> fields.put(key, supported(in.unsigned()));
                    case "snapshot" -> fields.put(key, in.text());
                    case "at" -> fields.put(key, in.signed());
                    case "elapsed" -> fields.put(key, in.unsigned());
                    default -> in.skip();
                }
            }
            in.end();
        }
        if (fields.number("format") != FORMAT) {
            throw new MalformedException("the proof has no format version");
        }
        return fields;
    }

    private static long supported(long format) {
        if (format > FORMAT) {
            throw new UnsupportedFormatException("the proof has format " + format + "; use a newer version");
        }
        return format;
    }
}
