package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.Compaction;
import io.harmonylite.snapshot.internal.sqlite.Sanitizer;
import io.harmonylite.snapshot.internal.sqlite.SoundnessCheck;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How snapshots are taken. Immutable.
 *
 * @param node who takes them
 * @param libraryVersion version written into manifests
 * @param scratchParent where scratch directories are made; null for the directory of the database
 * @param sanitizer what is dropped
 * @param compaction whether the copy is compacted
 * @param check how the copy is checked
 * @param compressionLevel zstd level
 * @param capture how the copy of the pages is slowed down
 * @param grace how long unreferenced packs are safe from sweeping
 */
public record TakeSettings(
        String node,
        String libraryVersion,
        @Nullable Path scratchParent,
        Sanitizer sanitizer,
        Compaction compaction,
        SoundnessCheck check,
        int compressionLevel,
        CaptureThrottle capture,
        Duration grace) {}
