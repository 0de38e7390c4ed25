package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.StagedEdit;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.sqlite.OriginTable;
import io.harmonylite.snapshot.internal.sqlite.PrivateImage;
import io.harmonylite.snapshot.internal.sqlite.SoundnessCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;

/**
 * Applies the edits of a restore to a verified image, then closes the image and makes it durable. SQLite checks the image
 * again if the host's edits have changed it.
 */
final class Edits {

    private static final int CHANGE_COUNTER = 24; // Offset in SQLite's header.

    private final Services services;

    Edits(Services services) {
        this.services = services;
    }

    /**
     * Applies the edits.
     *
     * @param own edits of this library, applied first
     * @param hosts edits that run code of the host
     */
    void run(PrivateImage image, List<StagedEdit> own, List<StagedEdit> hosts, OriginTable origin, String journalMode)
            throws IOException {
        own.forEach(edit -> apply(image, edit));
        int changes = changes(image);
        hosts.forEach(edit -> apply(image, edit));
        boolean isChanged = changes(image) != changes;
        image.edit(origin::write);
        if (isChanged) {
            image.check(SoundnessCheck.QUICK);
        }
        image.journalMode(journalMode);
        sync(image);
    }

    /** Returns the counter that SQLite increments in every transaction that changes a database in rollback mode. */
    private int changes(PrivateImage image) throws IOException {
        ByteBuffer counter = ByteBuffer.allocate(Integer.BYTES);
        try (FileChannel channel = services.files().openForRead(image.file())) {
            channel.read(counter, CHANGE_COUNTER);
        }
        return counter.getInt(0);
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
