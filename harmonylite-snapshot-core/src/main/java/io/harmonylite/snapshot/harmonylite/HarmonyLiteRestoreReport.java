package io.harmonylite.snapshot.harmonylite;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.RestoreReport;
import io.harmonylite.snapshot.SequenceRange;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a restore of a snapshot of HarmonyLite's did, and what it could not prove. Immutable.
 *
 * @param restore what was done. The id of the snapshot in it is made up from when and as what it was stored; it is in no
 *     store
 * @param snapshot what its place said of it
 * @param tag its tag, computed from what was restored
 * @param tagCheck whether that is the one it was stored with
 * @param leftOut objects of HarmonyLite's or of this library's that were in the image and dropped, each as {@code type name}
 * @param resume where the streams go on: before the first message that each of them keeps. Empty where the host follows none
 * @param unproven messages, by stream, that are kept no longer and that nothing proves to be in the image
 * @param replayed messages, by stream, that are applied on top of the image, although they may be in it
 * @param rewritten columns of the image, each as {@code table.column}, whose values HarmonyLite writes anew: dates, times and
 *     booleans (N4)
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

    /** Copies what can be changed. */
    public HarmonyLiteRestoreReport {
        leftOut = List.copyOf(leftOut);
        unproven = Collections.unmodifiableSortedMap(new TreeMap<>(unproven));
        replayed = Collections.unmodifiableSortedMap(new TreeMap<>(replayed));
        rewritten = List.copyOf(rewritten);
    }
}
