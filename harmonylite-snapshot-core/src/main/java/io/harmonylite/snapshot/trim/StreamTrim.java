package io.harmonylite.snapshot.trim;

/**
 * What a trim did to one stream, or would do. Immutable.
 *
 * @param stream its name
 * @param first its first sequence before
 * @param keptFrom the first sequence that stays
 * @param removed how many messages were removed; of a dry run, how many sequences lie between the two
 * @param bound why no more goes
 */
public record StreamTrim(String stream, long first, long keptFrom, long removed, TrimBound bound) {

    /** Whether anything goes. */
    public boolean isTrimmed() {
        return keptFrom > first;
    }
}
