package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.internal.sqlite.PrivateImage;
import java.io.IOException;
import java.nio.file.Path;

/** A snapshot that is about to be restored, wherever it comes from. */
public interface Candidate {

    /** Its id. */
    SnapshotId id();

    /** What it says it stands for. */
    Positions positions();

    /** What its image is. */
    ImageInfo image();

    /** Brings its image into a file, which is new unless the candidate has made it. */
    void fetch(Path staged) throws IOException;

    /** Asks SQLite whether the image in that file is sound, and what was said. */
    void verify(PrivateImage image);

    /** All that is known of it. */
    SnapshotInfo info();
}
