package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.Compaction;
import io.harmonylite.snapshot.internal.sqlite.Sanitizer;
import io.harmonylite.snapshot.internal.sqlite.SoundnessCheck;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The settings of all takes of a manager. Immutable.
 *
 * @param node name of the node that takes
 * @param libraryVersion version written into manifests
 * @param scratchParent parent of scratch directories; null for the directory of the database
 * @param sanitizer removes what must not be in a snapshot
 * @param compaction when the copy is compacted
 * @param check SQLite's check of the copy
 * @param compressionLevel zstd level
 * @param capture rate limit for copying pages
 * @param grace minimum age at which a sweep may remove an unreferenced pack
 */
public record TakeSettings(
        String node,
        String libraryVersion,
        @Nullable Path scratchParent,
        Sanitizer sanitizer,
        Compaction compaction,
        SoundnessCheck check,
        int compressionLevel,
        CaptureSettings capture,
        Duration grace) {}
