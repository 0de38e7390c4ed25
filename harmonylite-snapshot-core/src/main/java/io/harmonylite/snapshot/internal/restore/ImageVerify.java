package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.internal.format.CheckRecord;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.sqlite.ImageProbe;
import io.harmonylite.snapshot.internal.sqlite.PrivateImage;
import io.harmonylite.snapshot.internal.sqlite.SoundnessCheck;

/** Compares a fetched image with its manifest, and checks it with SQLite. */
final class ImageVerify {

    private final PrivateImage image;
    private final Manifest manifest;

    /**
     * Prepares a verification.
     *
     * @param image the fetched image, whose file has the image digest of the manifest
     */
    ImageVerify(PrivateImage image, Manifest manifest) {
        this.image = image;
        this.manifest = manifest;
    }

    /** Compares the image. Returns the check that its take made of the same bytes, or a new one if that is not complete. */
    CheckRecord unlessChecked() {
        CheckRecord taken = manifest.check();
        if (taken == null || !taken.isComplete()) {
            return check(SoundnessCheck.QUICK);
        }
        compare();
        return taken;
    }

    /** Compares and checks the image. */
    CheckRecord check(SoundnessCheck check) {
        compare();
        try {
            return image.check(check);
        } catch (DatabaseDamagedException e) {
            throw damaged(e);
        }
    }

    private void compare() {
        ImageProbe found;
        try {
            found = image.probe();
        } catch (DatabaseDamagedException e) {
            throw damaged(e);
        }
        ImageInfo recorded = manifest.head().image();
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

    private static CorruptSnapshotException damaged(DatabaseDamagedException e) {
        return new CorruptSnapshotException("the fetched image fails SQLite's check: " + e.getMessage(), e);
    }
}
