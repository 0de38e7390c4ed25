package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.sqlite.CheckFindings;
import io.harmonylite.snapshot.internal.sqlite.ImageProbe;
import io.harmonylite.snapshot.internal.sqlite.PrivateImage;
import io.harmonylite.snapshot.internal.sqlite.SoundnessCheck;

/** Checks a fetched image with SQLite and compares it with its manifest. */
final class ImageVerify {

    private final SoundnessCheck check;

    ImageVerify(SoundnessCheck check) {
        this.check = check;
    }

    /** Returns SQLite's findings that are not damage. */
    CheckFindings run(PrivateImage image, Manifest manifest) {
        try {
            compare(image.probe(), manifest.head().image());
            return image.check(check);
        } catch (DatabaseDamagedException e) {
            throw new CorruptSnapshotException("the fetched image fails SQLite's check: " + e.getMessage(), e);
        }
    }

    private static void compare(ImageProbe found, ImageInfo recorded) {
        boolean same = found.geometry().pageSize() == recorded.pageSize()
                && found.geometry().pageCount() == recorded.pageCount()
                && found.userVersion() == recorded.userVersion()
                && found.applicationId() == recorded.applicationId()
                && found.encoding().equals(recorded.encoding())
                && found.schemaDigest().hex().equals(recorded.schemaDigest());
        if (!same) {
            throw new CorruptSnapshotException("the fetched image does not match its manifest: " + found);
        }
    }
}
