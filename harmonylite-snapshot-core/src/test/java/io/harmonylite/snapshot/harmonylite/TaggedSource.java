package io.harmonylite.snapshot.harmonylite;

import io.harmonylite.snapshot.store.NoSuchObjectException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A source that stores tags, as HarmonyLite's bucket does. */
final class TaggedSource implements HarmonyLiteSnapshotSource {

    private static final Instant STORED = Instant.parse("2026-11-23T11:04:39.408Z");

    private final byte @Nullable [] content;
    private final String tag;

    TaggedSource(byte @Nullable [] content, String tag) {
        this.content = content;
        this.tag = tag;
    }

    @Override
    public Optional<HarmonyLiteSnapshot> find() {
        return content == null ? Optional.empty() : Optional.of(describe(content));
    }

    private HarmonyLiteSnapshot describe(byte[] bytes) {
        return new HarmonyLiteSnapshot(toString(), bytes.length, Optional.of(tag), Optional.of(STORED));
    }

    @Override
    public Opened open() throws IOException {
        if (content == null) {
            throw new NoSuchObjectException("there is no snapshot.db in " + this);
        }
        return new Opened(describe(content), new ByteArrayInputStream(content));
    }

    @Override
    public String toString() {
        return "bucket test";
    }
}
