package io.harmonylite.snapshot.internal.harmonylite;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.internal.restore.Candidate;
import io.harmonylite.snapshot.internal.restore.FetchedBytes;
import io.harmonylite.snapshot.internal.sqlite.PrivateImage;
import io.harmonylite.snapshot.internal.sqlite.SoundnessCheck;
import io.harmonylite.snapshot.internal.sqlite.TargetProbe;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** A HarmonyLite snapshot whose image is in the staged file, already verified and sanitized. Immutable. */
record HarmonyLiteCandidate(SnapshotInfo info, Path file, List<String> dropped) implements Candidate {

    @Override
    public SnapshotId id() {
        return info.id();
    }

    @Override
    public Positions positions() {
        return info.positions();
    }

    @Override
    public SortedMap<String, SequenceRange> possiblyMissing() {
        return info.possiblyMissing();
    }

    @Override
    public ImageInfo image() {
        return info.image();
    }

    @Override
    public FetchedBytes fetch(Path staged, @Nullable TargetProbe replaced) {
        if (!staged.equals(file)) {
            throw new IllegalStateException(file + " is not the staged file " + staged);
        }
        return new FetchedBytes(info.storedBytes(), 0);
    }

    @Override
    public void verify(PrivateImage image, boolean isCheckForced) {
        if (isCheckForced || !dropped.isEmpty()) {
            image.check(SoundnessCheck.QUICK); // The full check was made before sanitizing.
        }
    }
}
