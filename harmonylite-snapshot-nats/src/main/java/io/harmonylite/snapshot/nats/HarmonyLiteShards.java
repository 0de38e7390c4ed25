package io.harmonylite.snapshot.nats;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The change streams of a HarmonyLite cluster: one per shard, named {@code <prefix>-c-<shard>} where payloads are
 * compressed, which is HarmonyLite's default, else {@code <prefix>-<shard>}; shards are counted from 1. Immutable.
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

    /** So many shards, with HarmonyLite's default prefix and compressed payloads. */
    public static HarmonyLiteShards of(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("a cluster has at least one shard, not " + count);
        }
        return new HarmonyLiteShards(count, DEFAULT_PREFIX, "-c-");
    }

    /** The same with another prefix: HarmonyLite's {@code stream_prefix}. */
    public HarmonyLiteShards withPrefix(String value) {
        return new HarmonyLiteShards(count, NatsNames.checkStream(value), infix);
    }

    /** The same with payloads that are not compressed: HarmonyLite's {@code compress = false}. */
    public HarmonyLiteShards uncompressed() {
        return new HarmonyLiteShards(count, prefix, "-");
    }

    /** Name of the bucket in which the cluster keeps its snapshot; see {@link NatsHarmonyLiteSnapshot}. */
    public String snapshotBucket() {
        return prefix + "-snapshot-store";
    }

    /** Names of the streams, sorted. */
    public SortedSet<String> streams() {
        TreeSet<String> names = new TreeSet<>();
        for (int shard = 1; shard <= count; shard++) {
            names.add(prefix + infix + shard);
        }
        return Collections.unmodifiableSortedSet(names);
    }
}
