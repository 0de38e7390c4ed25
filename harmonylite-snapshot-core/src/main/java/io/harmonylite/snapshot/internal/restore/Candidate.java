package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.internal.sqlite.PrivateImage;
import io.harmonylite.snapshot.internal.sqlite.TargetProbe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** A snapshot to restore, from any source. */
public interface Candidate {

    /** Returns its id. */
    SnapshotId id();

    /** Returns the positions recorded in it. */
    Positions positions();

    /** Returns the properties of its image. */
    ImageInfo image();

    /**
     * Fetches its image into a file. The file must not exist, unless the candidate itself created it.
     *
     * @param replaced the database whose pages may be used instead of fetched ones; null for none
     */
    FetchedBytes fetch(Path staged, @Nullable TargetProbe replaced) throws IOException;

    /**
     * Verifies the fetched image; throws if it is damaged. SQLite checks it, unless it has checked the same bytes before.
     *
     * @param isCheckForced whether SQLite checks it in any case
     */
    void verify(PrivateImage image, boolean isCheckForced);

    /** Returns the messages of each stream that its image may lack. */
    SortedMap<String, SequenceRange> possiblyMissing();

    /** Returns its description. */
    SnapshotInfo info();
}
