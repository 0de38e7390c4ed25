package io.harmonylite.snapshot.internal.format;

import io.harmonylite.snapshot.exception.UnsupportedFormatException;

/**
 * The note next to a database while a restore replaces it: a CBOR map, followed by its SHA-256.
 *
 * <pre>
 * "format"       1
 * "restore"      text: random id of the restore
 * "staged"       text: path of the staged file, relative to the database's directory
 * "journalMode"  text: journal mode of the old database, in lower case
 * </pre>
 *
 * Unknown keys are skipped.
 */
public final class RestoreNoteCodec {

    /**
     * The contents of a note. Immutable.
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
        return CborEnvelope.encode(out -> {
            CborWriter.beginMap(out, 4);
            CborWriter.number(out, "format", FORMAT);
            CborWriter.text(out, "restore", note.restoreId());
            CborWriter.text(out, "staged", note.staged());
            CborWriter.text(out, "journalMode", note.journalMode());
            out.writeEndObject();
        });
    }

    /**
     * Decodes a note; one that was cut off while it was written is malformed.
     *
     * @throws UnsupportedFormatException if a newer version wrote it: only that version can undo the restore
     */
    public static RestoreNote decode(byte[] bytes) throws MalformedException {
        Fields fields =
                CborEnvelope.decode(bytes, FORMAT, "the note of an interrupted restore", RestoreNoteCodec::read);
        return new RestoreNote(fields.text("restore"), fields.text("staged"), fields.text("journalMode"));
    }

    private static void read(String key, CborReader in, Fields fields) throws MalformedException {
        switch (key) {
            case "restore", "staged", "journalMode" -> fields.put(key, in.text());
            default -> in.skip();
        }
    }
}
