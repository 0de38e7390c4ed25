package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.StagedEdit;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.sqlite.OriginTable;
import io.harmonylite.snapshot.internal.sqlite.PrivateImage;
import io.harmonylite.snapshot.internal.sqlite.SoundnessCheck;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.List;

/** Applies this node's edits to a verified image, then closes the image and makes it durable. */
final class Edits {

    private final Services services;

    Edits(Services services) {
        this.services = services;
    }

    void run(PrivateImage image, List<StagedEdit> edits, OriginTable origin, String journalMode) throws IOException {
        edits.forEach(edit -> apply(image, edit));
        image.edit(origin::write);
        image.check(SoundnessCheck.QUICK);
        image.journalMode(journalMode);
        sync(image);
    }

    private static void apply(PrivateImage image, StagedEdit edit) {
        image.edit(edit::apply);
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
