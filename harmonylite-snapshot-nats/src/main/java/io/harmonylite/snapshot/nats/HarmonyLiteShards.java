package io.harmonylite.snapshot.nats;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Names of a HarmonyLite cluster's change streams. There is one stream per shard, named {@code <prefix>-c-<shard>} if
 * payloads are compressed, which is HarmonyLite's default, and {@code <prefix>-<shard>} otherwise. Shards are counted
 * from 1. Immutable and thread-safe.
 */
public final class HarmonyLiteShards {

    /** HarmonyLite's default prefix. */
    public static final String DEFAULT_PREFIX = "harmonylite-changes";

    private final int count;
    private final String prefix;
    private final String infix;

    private HarmonyLiteShards(int count, String prefix, String infix) {
        this.count = count;
        this.prefix = prefix;
        this.infix = infix;
    }

    /**
     * Returns the streams of a cluster with HarmonyLite's default prefix and compressed payloads.
     *
     * @param count number of shards
     * @throws IllegalArgumentException if it is less than 1
     */
    public static HarmonyLiteShards of(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("a cluster has at least one shard: " + count);
        }
        return new HarmonyLiteShards(count, DEFAULT_PREFIX, "-c-");
    }

    /**
     * Returns the same streams with another prefix: HarmonyLite's {@code stream_prefix}.
     *
     * @throws IllegalArgumentException if it cannot begin the name of a stream
     */
    public HarmonyLiteShards withPrefix(String value) {
        return new HarmonyLiteShards(count, NatsNames.checkStream(value), infix);
    }

    /** Returns the same streams with uncompressed payloads: HarmonyLite's {@code compress = false}. */
    public HarmonyLiteShards uncompressed() {
        return new HarmonyLiteShards(count, prefix, "-");
    }

    /** Returns the name of the bucket in which the cluster keeps its snapshot; see {@link NatsHarmonyLiteSnapshot}. */
    public String snapshotBucket() {
        return prefix + "-snapshot-store";
    }

    /** Returns the names of the streams, sorted and unmodifiable. */
    public SortedSet<String> streams() {
        TreeSet<String> names = new TreeSet<>();
        for (int shard = 1; shard <= count; shard++) {
            names.add(prefix + infix + shard);
        }
        return Collections.unmodifiableSortedSet(names);
    }
}
