package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.sqlite.ImageProbe;
import io.harmonylite.snapshot.internal.sqlite.PrivateImage;
import io.harmonylite.snapshot.internal.sqlite.SoundnessCheck;

/** Asks SQLite whether a fetched image is sound, and whether it is what the manifest says. */
final class ImageVerify {

    private final SoundnessCheck check;

    ImageVerify(SoundnessCheck check) {
        this.check = check;
    }

    void run(PrivateImage image, Manifest manifest) {
        try {
            compare(image.probe(), manifest.head().image());
            image.check(check);
        } catch (DatabaseDamagedException e) {
            throw new CorruptSnapshotException("SQLite finds the fetched image damaged: " + e.getMessage(), e);
        }
    }

    private static void compare(ImageProbe found, ImageInfo said) {
        boolean same = found.geometry().pageSize() == said.pageSize()
                && found.geometry().pageCount() == said.pageCount()
                && found.userVersion() == said.userVersion()
                && found.applicationId() == said.applicationId()
                && found.encoding().equals(said.encoding())
                && found.schemaDigest().hex().equals(said.schemaDigest());
        if (!same) {
            throw new CorruptSnapshotException("the fetched image is not what its manifest says: " + found);
        }
    }
}
