package io.harmonylite.snapshot.internal.format;

import io.harmonylite.snapshot.exception.UnsupportedFormatException;
import java.time.Duration;

/**
 * The marker of a snapshot that was rebuilt and checked completely: a CBOR map, followed by its SHA-256.
 *
 * <pre>
 * "format"    1
 * "snapshot"  text: id of the snapshot, the same as in the object's name
 * "at"        milliseconds since 1970, by the prover's clock: the same as in the object's name
 * "elapsed"   milliseconds that fetch, rebuild and check took
 * </pre>
 *
 * Unknown keys are skipped.
 */
public final class ProofCodec {

    /** More bytes than any marker has. */
    public static final int MAX_BYTES = 1024;

    private static final int FORMAT = 1;

    private ProofCodec() {}

    /** Encodes a marker. */
    public static byte[] encode(ProofName name, Duration elapsed) {
        return CborEnvelope.encode(out -> {
            CborWriter.beginMap(out, 4);
            CborWriter.number(out, "format", FORMAT);
            CborWriter.text(out, "snapshot", name.snapshot().toString());
            CborWriter.number(out, "at", name.at().toEpochMilli());
            CborWriter.number(out, "elapsed", elapsed.toMillis());
            out.writeEndObject();
        });
    }

    /**
     * Decodes a marker, and returns how long the proof took.
     *
     * @param name the name of the object that holds it
     * @throws MalformedException if it is damaged, or belongs to another name
     * @throws UnsupportedFormatException if a newer version wrote it
     */
    public static Duration decode(byte[] bytes, ProofName name) throws MalformedException {
        if (bytes.length > MAX_BYTES) {
            throw new MalformedException("a proof has at most " + MAX_BYTES + " bytes");
        }
        Fields fields = CborEnvelope.decode(bytes, FORMAT, "the proof", ProofCodec::read);
        boolean same = fields.text("snapshot").equals(name.snapshot().toString())
                && fields.number("at") == name.at().toEpochMilli();
        if (!same) {
            throw new MalformedException("it is the proof of another name than " + name);
        }
        return Duration.ofMillis(fields.number("elapsed"));
    }

    private static void read(String key, CborReader in, Fields fields) throws MalformedException {
        switch (key) {
            case "snapshot" -> fields.put(key, in.text());
            case "at" -> fields.put(key, in.signed());
            case "elapsed" -> fields.put(key, in.unsigned());
            default -> in.skip();
        }
    }
}
