package io.harmonylite.snapshot.internal.harmonylite;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshot;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteTag;
import io.harmonylite.snapshot.harmonylite.TagCheck;
import io.harmonylite.snapshot.internal.format.Digest;
import io.harmonylite.snapshot.internal.format.ImageDigests;
import io.harmonylite.snapshot.internal.format.ImageGeometry;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.sqlite.ImageProbe;
import io.harmonylite.snapshot.internal.sqlite.PrivateImage;
import io.harmonylite.snapshot.internal.sqlite.Sanitizer.DanglingReferences;
import io.harmonylite.snapshot.internal.sqlite.Sanitizer;
import io.harmonylite.snapshot.internal.sqlite.SoundnessCheck;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * A snapshot of HarmonyLite's in a private file. Immutable.
 *
 * @param snapshot what its place said of it
 * @param tag its tag, of the bytes as they came
 * @param image the file
 */
record HarmonyLiteImage(HarmonyLiteSnapshot snapshot, String tag, PrivateImage image) {

    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

    /** Whether the tag was kept beside it; refuses one that is not that of the bytes. */
    TagCheck checkTag() {
        if (snapshot.tag().isEmpty()) {
            return TagCheck.NOT_KEPT;
        }
        if (!snapshot.tag().get().equals(tag)) {
            throw new CorruptSnapshotException("the snapshot in " + snapshot.location() + " is damaged: its "
                    + HarmonyLiteTag.HEADER + " is " + snapshot.tag().get() + ", that of its bytes " + tag);
        }
        return TagCheck.MATCHES;
    }

    /** Whether it is a database, and a sound one. Without a tag SQLite's whole check is made. */
    void checkSound(Services services, TagCheck tagCheck) throws IOException {
        requireHeader(services);
        try {
            image.check(tagCheck == TagCheck.MATCHES ? SoundnessCheck.QUICK : SoundnessCheck.FULL);
        } catch (DatabaseDamagedException e) {
            throw new CorruptSnapshotException(
                    "the snapshot in " + snapshot.location() + " is damaged: " + e.getMessage(), e);
        }
    }

    /** SQLite takes a file of no bytes for a database without tables: the original has replaced live ones by such (D10). */
    private void requireHeader(Services services) throws IOException {
        byte[] found = new byte[MAGIC.length];
        try (FileChannel channel = services.files().openForRead(image.file())) {
            if (channel.size() < MAGIC.length || !fill(channel, 0, found) || !Arrays.equals(found, MAGIC)) {
                throw new CorruptSnapshotException("what lies in " + snapshot.location() + ", " + snapshot.sizeBytes()
                        + " bytes, is no SQLite database");
            }
        }
    }

    /** Drops what belongs to one node alone: pending changes in it would be published again. */
    List<String> sanitize() {
        List<String> reserved = new ArrayList<>();
        image.edit(connection -> reserved.addAll(ImageInspection.reserved(connection)));
        image.sanitize(new Sanitizer(Set.of(), DanglingReferences.ALLOWED));
        return List.copyOf(reserved);
    }

    /** What the image is. */
    ImageInfo info(Services services) throws IOException {
        ImageProbe probe = image.probe();
        return new ImageInfo(
                probe.geometry().pageSize(),
                probe.geometry().pageCount(),
                probe.userVersion(),
                probe.applicationId(),
                probe.encoding(),
                "delete",
                probe.schemaDigest().hex(),
                digest(services, probe.geometry()).hex());
    }

    private Digest digest(Services services, ImageGeometry geometry) throws IOException {
        List<Digest> leaves = new ArrayList<>();
        byte[] page = new byte[geometry.pageSize()];
        try (FileChannel channel = services.files().openForRead(image.file())) {
            for (int leaf = 0; leaf < geometry.leafCount(); leaf++) {
                ByteBuffer digests = ByteBuffer.allocate(geometry.pagesIn(leaf) * Digest.LENGTH);
                for (int at = 0; at < geometry.pagesIn(leaf); at++) {
                    if (!fill(channel, geometry.offsetOf(geometry.firstPage(leaf) + at), page)) {
                        throw new EOFException(image.file() + " became shorter");
                    }
                    digests.put(Digest.of(page).bytes());
                }
                leaves.add(ImageDigests.leaf(digests.array()));
            }
        }
        return ImageDigests.image(geometry, leaves);
    }

    private static boolean fill(FileChannel channel, long offset, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, offset + buffer.position()) < 0) {
                return false;
            }
        }
        return true;
    }

    Path file() {
        return image.file();
    }
}
