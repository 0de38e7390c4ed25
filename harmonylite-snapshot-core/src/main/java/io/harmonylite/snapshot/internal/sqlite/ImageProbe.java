package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.internal.format.Digest;
import io.harmonylite.snapshot.internal.format.ImageGeometry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Properties of a private image, as SQLite reports them, with a digest over type, name, table and SQL of every object.
 * Immutable.
 */
public record ImageProbe(
        ImageGeometry geometry,
        int userVersion,
        int applicationId,
        String encoding,
        long freePages,
        Digest schemaDigest) {

    /** Reads the properties through a connection to the image. */
    public static ImageProbe of(Connection image) throws SQLException {
        return new ImageProbe(
                new ImageGeometry(
                        (int) Sql.number(image, "PRAGMA main.page_size"), Sql.number(image, "PRAGMA main.page_count")),
                (int) Sql.number(image, "PRAGMA main.user_version"),
                (int) Sql.number(image, "PRAGMA main.application_id"),
                Sql.text(image, "PRAGMA encoding"),
                Sql.number(image, "PRAGMA main.freelist_count"),
                schemaDigest(image));
    }

    private static Digest schemaDigest(Connection image) throws SQLException {
        MessageDigest sha256 = Digest.sha256();
        for (SchemaObject object : SchemaObject.all(image)) {
            update(sha256, object.type());
            update(sha256, object.name());
            update(sha256, object.table());
            update(sha256, object.sql());
        }
        return Digest.finish(sha256);
    }

    /** Adds a text to a digest. Its length comes first, so that different schemas never produce the same bytes. */
    private static void update(MessageDigest sha256, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        sha256.update(ByteBuffer.allocate(4).putInt(bytes.length).flip());
        sha256.update(bytes);
    }
}
