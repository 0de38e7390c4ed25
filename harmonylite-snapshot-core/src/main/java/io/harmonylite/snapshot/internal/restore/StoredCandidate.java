package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.catalog.StoreFailures;
import io.harmonylite.snapshot.internal.catalog.StoredHead;
import io.harmonylite.snapshot.internal.format.CheckRecord;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.sqlite.PrivateImage;
import io.harmonylite.snapshot.internal.sqlite.SoundnessCheck;
import io.harmonylite.snapshot.internal.sqlite.TargetProbe;
import io.harmonylite.snapshot.store.ObjectInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A snapshot in a catalog's store. Immutable. */
public record StoredCandidate(Services services, SnapshotCatalog catalog, Manifest manifest) implements Candidate {

    private static final Logger LOG = LoggerFactory.getLogger(StoredCandidate.class);

    @Override
    public SnapshotId id() {
        return manifest.head().id();
    }

    @Override
    public Positions positions() {
        return manifest.head().positions();
    }

    @Override
    public ImageInfo image() {
        return manifest.head().image();
    }

    @Override
    public FetchedBytes fetch(Path staged, @Nullable TargetProbe replaced) throws IOException {
        return new Fetch(services, catalog).toFile(manifest, staged, replaced);
    }

    @Override
    public void verify(PrivateImage image, boolean isCheckForced) {
        ImageVerify verify = new ImageVerify(image, manifest);
        CheckRecord check = isCheckForced ? verify.check(SoundnessCheck.QUICK) : verify.unlessChecked();
        check.warnings().forEach(warning -> LOG.warn("{}: {}", id(), warning));
    }

    @Override
    public SortedMap<String, SequenceRange> possiblyMissing() {
        return manifest.head().possiblyMissing();
    }

    @Override
    public SnapshotInfo info() {
        String name = catalog.layout().manifest(id());
        ObjectInfo stored = StoreFailures.calling(() -> catalog.store().stat(name));
        return StoredHead.alone(manifest.head(), stored);
    }
}
