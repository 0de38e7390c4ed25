package io.harmonylite.snapshot.harmonylite;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.RestoreReport;
import io.harmonylite.snapshot.SequenceRange;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The result of restoring a HarmonyLite snapshot, with everything that could not be proven. Immutable.
 *
 * @param restore the restore. Its snapshot id is composed from the time at which the snapshot was stored and its tag;
 *     no store contains it
 * @param snapshot the snapshot as its location described it
 * @param tag the tag, computed from the restored bytes
 * @param tagCheck whether that tag equals the stored one
 * @param leftOut objects of HarmonyLite or of this library that were in the image and dropped, each as {@code type
 *     name}
 * @param resume positions from which the streams continue: before the first message that each of them keeps. Empty if
 *     the host follows none
 * @param unproven messages by stream that are no longer kept, and that cannot be proven to be in the image
 * @param replayed messages by stream that are applied on top of the image although they may be in it
 * @param rewritten columns of the image, each as {@code table.column}, whose values HarmonyLite rewrites: dates, times
 *     and booleans (fault N4)
 */
public record HarmonyLiteRestoreReport(
        RestoreReport restore,
        HarmonyLiteSnapshot snapshot,
        String tag,
        TagCheck tagCheck,
        List<String> leftOut,
        Positions resume,
        SortedMap<String, SequenceRange> unproven,
        SortedMap<String, SequenceRange> replayed,
        List<String> rewritten) {

    /** Copies the lists and maps. */
    public HarmonyLiteRestoreReport {
        leftOut = List.copyOf(leftOut);
        unproven = Collections.unmodifiableSortedMap(new TreeMap<>(unproven));
        replayed = Collections.unmodifiableSortedMap(new TreeMap<>(replayed));
        rewritten = List.copyOf(rewritten);
    }
}
