package io.harmonylite.snapshot.internal.changelog;

import io.harmonylite.snapshot.exception.PendingChangesException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Text as a database stores it: bytes that may be invalid in the database's encoding. Immutable. */
public final class StoredText {

    private final byte[] bytes;
    private final Charset encoding;

    StoredText(byte[] bytes, Charset encoding) {
        this.bytes = bytes;
        this.encoding = encoding;
    }

    /** Returns the text; null if the bytes are invalid. */
    @Nullable
    String string() {
        try {
            return encoding.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** Returns the text; throws if the bytes are invalid. */
    public String string(String table, String column) {
        String text = string();
        if (text == null) {
            throw new PendingChangesException("column " + column + " of a pending change in table " + table
                    + " holds text that is invalid in " + encoding + ", so it can only be copied; correct the row,"
                    + " or discard the pending changes");
        }
        return text;
    }

    /** Returns the bytes that a database with another encoding stores; throws if the bytes are invalid. */
    byte[] in(Charset other, String table, String column) {
        return other.equals(encoding) ? bytes : string(table, column).getBytes(other);
    }

    /** Returns the bytes as hexadecimal digits. */
    String hex() {
        return HexFormat.of().formatHex(bytes);
    }
}
