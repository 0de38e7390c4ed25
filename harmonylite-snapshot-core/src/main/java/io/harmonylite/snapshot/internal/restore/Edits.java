package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.StagedEdit;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.sqlite.OriginTable;
import io.harmonylite.snapshot.internal.sqlite.PrivateImage;
import io.harmonylite.snapshot.internal.sqlite.SoundnessCheck;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Optional;

/** Makes the edits that belong to this node to a verified image, then makes it complete, closed and durable. */
final class Edits {

    private final Services services;

    Edits(Services services) {
        this.services = services;
    }

    void run(PrivateImage image, Manifest manifest, String restoreId, Optional<StagedEdit> host, String journalMode)
            throws IOException {
        boolean withOrigin = !manifest.head().positions().isEmpty();
        if (withOrigin) {
            OriginTable origin = new OriginTable(restoreId, services.clock().instant(), manifest.head());
            image.edit(origin::write);
        }
        host.ifPresent(edit -> hostEdit(image, edit));
        if (withOrigin || host.isPresent()) {
            image.check(SoundnessCheck.QUICK);
        }
        image.journalMode(journalMode);
        sync(image);
    }

    private static void hostEdit(PrivateImage image, StagedEdit host) {
        image.edit(host::apply);
        image.journalMode("delete");
    }

    private void sync(PrivateImage image) throws IOException {
        FileOperations files = services.files();
        try (FileChannel channel = files.openForWrite(image.file())) {
            files.sync(channel);
        }
        files.syncParent(image.file());
    }
}
