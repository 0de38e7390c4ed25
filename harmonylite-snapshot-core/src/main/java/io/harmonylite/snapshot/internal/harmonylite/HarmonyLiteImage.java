package io.harmonylite.snapshot.internal.harmonylite;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshot;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteTag;
import io.harmonylite.snapshot.harmonylite.TagCheck;
import io.harmonylite.snapshot.internal.changelog.ImageInspection;
import io.harmonylite.snapshot.internal.format.Digest;
import io.harmonylite.snapshot.internal.format.ImageDigests;
import io.harmonylite.snapshot.internal.format.ImageGeometry;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.sqlite.ImageProbe;
import io.harmonylite.snapshot.internal.sqlite.PrivateImage;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A HarmonyLite snapshot in a private file, with the tag of the received bytes. Immutable. */
record HarmonyLiteImage(HarmonyLiteSnapshot snapshot, String tag, PrivateImage image) {

    private static final Logger LOG = LoggerFactory.getLogger(HarmonyLiteImage.class);
    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

    /** Compares the tag stored with the object to that of the received bytes. Throws if they differ. */
    TagCheck checkTag() {
        if (snapshot.tag().isEmpty()) {
            return TagCheck.NOT_KEPT;
        }
        if (!snapshot.tag().get().equals(tag)) {
            throw new CorruptSnapshotException("the snapshot in " + snapshot.location() + " is damaged: its "
                    + HarmonyLiteTag.HEADER + " is " + snapshot.tag().get() + ", but its bytes have " + tag);
        }
        return TagCheck.MATCHES;
    }

    /** Checks that the file is a sound SQLite database. Without a stored tag SQLite's full check is made. */
    void checkSound(Services services, TagCheck tagCheck) throws IOException {
        requireHeader(services);
        try {
            image.check(tagCheck == TagCheck.MATCHES ? SoundnessCheck.QUICK : SoundnessCheck.FULL)
                    .warnings()
                    .forEach(warning -> LOG.warn("{}: {}", snapshot.location(), warning));
        } catch (DatabaseDamagedException e) {
            throw new CorruptSnapshotException(
                    "the snapshot in " + snapshot.location() + " is damaged: " + e.getMessage(), e);
        }
    }

    /** Requires a database header: SQLite opens an empty file as a database without tables (fault D10). */
    private void requireHeader(Services services) throws IOException {
        byte[] found = new byte[MAGIC.length];
        try (FileChannel channel = services.files().openForRead(image.file())) {
            if (channel.size() < MAGIC.length || !fill(channel, 0, found) || !Arrays.equals(found, MAGIC)) {
                throw new CorruptSnapshotException("the object in " + snapshot.location()
                        + " is not a SQLite database (" + snapshot.sizeBytes() + " bytes)");
            }
        }
    }

    /** Drops objects that belong to a single node, whose changes would be published again; returns their names. */
    List<String> sanitize() {
        List<String> reserved = new ArrayList<>();
        image.edit(connection -> reserved.addAll(ImageInspection.reserved(connection)));
        image.sanitize(Sanitizer.forHarmonyLite());
        return List.copyOf(reserved);
    }

    /** Returns the properties of the image. */
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
                        throw new EOFException(image.file() + " ends unexpectedly");
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
