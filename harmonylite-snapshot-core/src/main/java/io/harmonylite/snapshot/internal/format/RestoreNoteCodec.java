package io.harmonylite.snapshot.internal.format;

import io.harmonylite.snapshot.exception.UnsupportedFormatException;
import java.util.Arrays;

/**
 * The note that lies beside a database while it is replaced: a CBOR map, followed by its SHA-256.
 *
 * <pre>
 * "format"       1
 * "restore"      text: random id of the restore
 * "staged"       text: path of the staged file, relative to the database's directory
 * "journalMode"  text: journal mode of the old database, in lower case
 * </pre>
 *
 * A key that is not known is passed over.
 */
public final class RestoreNoteCodec {

    /**
     * What the note says. Immutable.
     *
     * @param restoreId random id of the restore
     * @param staged path of the staged file, relative to the database's directory
     * @param journalMode journal mode of the old database
     */
    public record RestoreNote(String restoreId, String staged, String journalMode) {}

    private static final int FORMAT = 1;

    private RestoreNoteCodec() {}

    /** Encodes a note. */
    public static byte[] encode(RestoreNote note) {
        byte[] map = CborWriter.encode(out -> {
            CborWriter.beginMap(out, 4);
            CborWriter.number(out, "format", FORMAT);
            CborWriter.text(out, "restore", note.restoreId());
            CborWriter.text(out, "staged", note.staged());
            CborWriter.text(out, "journalMode", note.journalMode());
            out.writeEndObject();
        });
        byte[] all = Arrays.copyOf(map, map.length + Digest.LENGTH);
        System.arraycopy(Digest.of(map).bytes(), 0, all, map.length, Digest.LENGTH);
        return all;
    }

    /**
     * Decodes a note; one that was cut off while it was written is malformed.
     *
     * @throws UnsupportedFormatException where a newer version wrote it, which alone knows what is left to undo
     */
    public static RestoreNote decode(byte[] bytes) throws MalformedException {
        int length = bytes.length - Digest.LENGTH;
        if (length <= 0 || !Digest.of(bytes, 0, length).equals(Digest.copyOf(bytes, length))) {
            throw new MalformedException("the note of a restore is not complete");
        }
        Fields fields = new Fields();
        try (CborReader in = CborReader.of(bytes, 0, length)) {
            in.beginMap();
            for (String key = in.nextKey(); key != null; key = in.nextKey()) {
                switch (key) {
                    case "format" -> fields.put(key, supported(in.unsigned()));
                    case "restore", "staged", "journalMode" -> fields.put(key, in.text());
                    default -> in.skip();
                }
            }
            in.end();
        }
        if (fields.number("format") != FORMAT) {
            throw new MalformedException("the note of a restore has no format version");
        }
        return new RestoreNote(fields.text("restore"), fields.text("staged"), fields.text("journalMode"));
    }

    private static long supported(long format) {
        if (format > FORMAT) {
            throw new UnsupportedFormatException(
                    "a restore by a newer version of this library was cut off, and its note" + " has format " + format
                            + "; use that version, which knows what is left to undo");
        }
        return format;
    }
}
