package io.harmonylite.snapshot.health;

import java.io.IOException;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The state of the feed that applies messages to a database, as far as health needs it; see {@code
 * SnapshotManager.attachFeed}. Implementations are thread-safe, and their methods may be called at any time, also after
 * the feed has ended.
 */
public interface FeedStatus {

    /**
     * Returns how many messages of each stream are still to be applied. May block. Reads stream and position at each
     * call: a restore may have set the position back.
     *
     * @throws IOException if the lag cannot be determined
     */
    SortedMap<String, Long> lag() throws IOException;

    /** Returns why the feed has ended, for people; empty while it runs. Does not block. */
    Optional<String> failure();
}
