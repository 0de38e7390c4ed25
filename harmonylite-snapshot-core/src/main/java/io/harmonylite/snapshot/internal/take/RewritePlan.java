package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.internal.format.PackName;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Packs of earlier takes whose pages a take stores again, so that it no longer needs them: a pure function. It keeps
 * two bounds, after any history:
 *
 * <ul>
 *   <li>All packs that a snapshot needs have at most 1.5 times the bytes that it uses of them. From 1.4 on the emptiest
 *       packs are rewritten.
 *   <li>A leaf is spread over 16 packs on average. If it is more, the packs that cost least are rewritten until it is
 *       half.
 * </ul>
 *
 * <p>The bytes that are rewritten for that come from a budget. Only if a bound would be missed is more rewritten.
 *
 * @param packs the packs to rewrite
 * @param bytes expected size of their used pages
 */
record RewritePlan(Set<PackName> packs, long bytes) {

    /** Maximum of the bytes of all needed packs, in tenths of the used bytes. */
    static final long MAX_TENTHS = 15;

    /** Packs are rewritten from this on, in tenths of the used bytes. */
    static final long WORTHWHILE_TENTHS = 14;

    /** Maximum number of layers, in a multiple of the leaves. */
    static final long MAX_LAYERS = 16;

    private static final long ENOUGH_LAYERS = MAX_LAYERS / 2;

    /**
     * Returns the budget of a take in bytes, which includes what earlier takes left of theirs.
     *
     * @param credit what the previous take left
     * @param stored bytes of the changed pages that the take stored
     * @param shrunk bytes by which the image has become smaller
     * @param used bytes of the image in the store
     */
    static long budget(long credit, long stored, long shrunk, long used) {
        return Math.min(credit + 2 * stored + 3 * shrunk, used / 4);
    }

    /**
     * Plans.
     *
     * @param uses all packs of the new image
     * @param leaves number of its leaves
     * @param own the take, whose own packs stay
     * @param budget bytes that may be rewritten even if no bound requires it
     */
    static RewritePlan of(List<PackUse> uses, int leaves, SnapshotId own, long budget) {
        Planner planner = new Planner(uses, leaves, own, budget);
        planner.emptyPacks();
        planner.joinLayers();
        return new RewritePlan(planner.chosen, planner.spent);
    }

    private static final class Planner {

        private final List<PackUse> candidates;
        private final int leaves;
        private final long budget;
        private final long used;
        private final BitSet rewritten = new BitSet();
        private final Set<PackName> chosen = new HashSet<>();
        private long named;
        private long layers;
        private long spent;

        Planner(List<PackUse> uses, int leaves, SnapshotId own, long budget) {
            this.candidates = uses.stream()
                    .filter(use -> !use.pack().name().writer().equals(own))
                    .toList();
            this.leaves = leaves;
            this.budget = budget;
            this.used = PackUse.usedBytes(uses);
            this.named = uses.stream().mapToLong(use -> use.pack().size()).sum();
            this.layers =
                    uses.stream().mapToLong(use -> use.leaves().cardinality()).sum();
        }

        void emptyPacks() {
            Comparator<PackUse> emptiest = Comparator.comparingDouble(
                    use -> (double) use.pages() / use.pack().pages());
            for (PackUse next : inOrder(emptiest)) {
                boolean isNeeded = isAbove(MAX_TENTHS);
                if (!isAbove(WORTHWHILE_TENTHS) || (!isNeeded && !isAffordable(next))) {
                    return;
                }
                rewrite(next);
            }
        }

        void joinLayers() {
            if (layers <= MAX_LAYERS * leaves) {
                return;
            }
            Comparator<PackUse> cheapest = Comparator.comparingDouble(
                    use -> (double) use.usedBytes() / use.leaves().cardinality());
            for (PackUse next : inOrder(cheapest)) {
                boolean isNeeded = layers > MAX_LAYERS * leaves;
                if (layers <= ENOUGH_LAYERS * leaves || (!isNeeded && !isAffordable(next))) {
                    return;
                }
                rewrite(next);
            }
        }

        private boolean isAbove(long tenths) {
            return named * 10 > used * tenths;
        }

        private boolean isAffordable(PackUse use) {
            return spent + use.usedBytes() <= budget;
        }

        private List<PackUse> inOrder(Comparator<PackUse> order) {
            return candidates.stream()
                    .filter(use -> !chosen.contains(use.pack().name()))
                    .sorted(order.thenComparing(use -> use.pack().name().toString()))
                    .toList();
        }

        private void rewrite(PackUse use) {
            chosen.add(use.pack().name());
            spent += use.usedBytes();
            named += use.usedBytes() - use.pack().size();
            BitSet more = (BitSet) use.leaves().clone();
            more.andNot(rewritten);
            layers += more.cardinality() - use.leaves().cardinality();
            rewritten.or(use.leaves());
        }
    }
}
