package io.harmonylite.snapshot.internal.take;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.internal.format.Digest;
import io.harmonylite.snapshot.internal.format.PackEntry;
import io.harmonylite.snapshot.internal.format.PackName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The bounds of rewriting, on a model of an image: which take stored each page. jqwik prints the seed of a failure. */
class RewritePlanTest {

    private static final int PAGE = 1_000;
    private static final Digest DIGEST = Digest.of(new byte[0]);

    private static SnapshotId id(int take) {
        return SnapshotId.of(Instant.ofEpochSecond(take), "n", take);
    }

    private static PackUse use(int take, int stored, int used, int... leaves) {
        BitSet set = new BitSet();
        for (int leaf : leaves) {
            set.set(leaf);
        }
        return new PackUse(new PackEntry(new PackName(id(take), 0), stored * PAGE, DIGEST, stored), used, set);
    }

    private static Set<PackName> chosen(List<PackUse> uses, int leaves, long budget) {
        return RewritePlan.of(uses, leaves, id(99), budget).packs();
    }

    @Test
    void of_packsThatAreUsedWell_choosesNone() {
        assertThat(chosen(List.of(use(1, 100, 80, 0), use(2, 100, 70, 1)), 2, Long.MAX_VALUE))
                .isEmpty();
    }

    @Test
    void of_belowTheBoundWithoutBudget_choosesNone() {
        assertThat(chosen(List.of(use(1, 100, 69, 0)), 1, 0)).isEmpty();
    }

    @Test
    void of_belowTheBoundWithBudget_choosesTheEmptiestThatIsEnough() {
        List<PackUse> uses = List.of(use(1, 100, 90, 0), use(2, 100, 50, 1), use(3, 20, 12, 2));
        assertThat(chosen(uses, 3, 50 * PAGE)).containsExactly(new PackName(id(2), 0));
        assertThat(chosen(uses, 3, 49 * PAGE)).isEmpty();
    }

    @Test
    void of_aboveTheBoundWithoutBudget_choosesWhatTheBoundRequires() {
        assertThat(chosen(List.of(use(1, 100, 90, 0), use(2, 100, 10, 1), use(3, 100, 60, 2)), 3, 0))
                .containsExactly(new PackName(id(2), 0));
    }

    @Test
    void of_ownPacks_areKept() {
        assertThat(chosen(List.of(use(99, 100, 10, 0)), 1, Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void of_tooManyLayers_choosesTheCheapestUntilHalfIsLeft() {
        List<PackUse> uses = new ArrayList<>();
        for (int take = 1; take <= 17; take++) {
            uses.add(use(take, take, take, 0, 1));
        }
        assertThat(chosen(uses, 2, Long.MAX_VALUE)).hasSize(10).contains(new PackName(id(1), 0));
        assertThat(chosen(uses, 2, 0)).containsExactlyInAnyOrder(new PackName(id(1), 0), new PackName(id(2), 0));
        assertThat(chosen(uses.subList(0, 16), 2, Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void budget_anyTake_isLimitedToAQuarter() {
        assertThat(RewritePlan.budget(5, 10, 100, 10_000)).isEqualTo(5 + 20 + 300);
        assertThat(RewritePlan.budget(5, 10_000, 0, 10_000)).isEqualTo(2_500);
    }

    /** Random, neighbouring and repeated changes, growing and shrinking images. */
    @Property(tries = 60)
    void bounds_anyHistory_areKeptAtAModerateCost(
            @ForAll @IntRange(min = 1, max = 12) int leaves,
            @ForAll @IntRange(min = 1, max = 300) int perMille,
            @ForAll Random random) {
        Model model = new Model(leaves, random);
        long changed = 0;
        long written = 0;
        long shrunk = 0;
        model.take(model.all());
        for (int take = 0; take < 150; take++) {
            long before = model.pages();
            BitSet pages = model.change(perMille / 1000.0);
            shrunk += Math.max(0, before - model.pages());
            changed += pages.cardinality();
            written += model.take(pages);
            assertThat(model.named()).isLessThanOrEqualTo(model.pages() * 3 / 2);
            assertThat(model.layers()).isLessThanOrEqualTo(16L * model.leaves);
        }
        assertThat((double) written)
                .as("written, of %s changed", changed)
                .isLessThan(2.5 * changed + 3 * shrunk + model.pages());
    }

    /** An image without content: for each page the take that stored it, for each take the number of its pages. */
    private static final class Model {

        private static final int LEAF = 256;

        private final Random random;
        private final Map<Integer, Integer> stored = new HashMap<>();
        private int[] owner;
        private int leaves;
        private int takes;
        private long credit;

        Model(int leaves, Random random) {
            this.random = random;
            this.leaves = leaves;
            this.owner = new int[leaves * LEAF];
        }

        BitSet all() {
            BitSet all = new BitSet();
            all.set(0, owner.length);
            return all;
        }

        long pages() {
            return owner.length;
        }

        BitSet change(double share) {
            int length = owner.length;
            BitSet pages = new BitSet();
            int kind = random.nextInt(20);
            if (kind == 0 && leaves < 20) {
                leaves++;
                owner = Arrays.copyOf(owner, leaves * LEAF);
                pages.set(length, owner.length);
            } else if (kind == 1 && leaves > 1) {
                leaves -= 1 + random.nextInt((leaves + 1) / 2);
                owner = Arrays.copyOf(owner, Math.max(1, leaves) * LEAF);
                leaves = owner.length / LEAF;
            }
            int count = (int) Math.ceil(share * owner.length);
            int from = random.nextInt(owner.length);
            for (int i = 0; i < count; i++) {
                pages.set(
                        switch (kind % 3) {
                            case 0 -> random.nextInt(owner.length);
                            case 1 -> (from + i) % owner.length;
                            default -> i;
                        });
            }
            return pages;
        }

        /** Stores pages as a take does. Returns how many were written. */
        long take(BitSet pages) {
            List<PackUse> before = uses();
            long usedBefore = PackUse.usedBytes(before);
            takes++;
            long written = store(pages);
            List<PackUse> uses = uses();
            long used = PackUse.usedBytes(uses);
            credit = RewritePlan.budget(credit, written * PAGE, Math.max(0, usedBefore - used), used);
            RewritePlan plan = RewritePlan.of(uses, leaves, id(takes), credit);
            while (!plan.packs().isEmpty()) {
                credit = Math.max(0, credit - plan.bytes());
                BitSet again = new BitSet();
                for (int page = 0; page < owner.length; page++) {
                    if (plan.packs().contains(new PackName(id(owner[page]), 0))) {
                        again.set(page);
                    }
                }
                written += store(again);
                plan = RewritePlan.of(uses(), leaves, id(takes), credit);
            }
            return written;
        }

        private long store(BitSet pages) {
            int take = takes;
            pages.stream().forEach(page -> owner[page] = take);
            stored.merge(take, pages.cardinality(), Integer::sum);
            return pages.cardinality();
        }

        private List<PackUse> uses() {
            Map<Integer, BitSet> in = new HashMap<>();
            Map<Integer, Long> used = new HashMap<>();
            for (int page = 0; page < owner.length; page++) {
                if (owner[page] > 0) {
                    in.computeIfAbsent(owner[page], any -> new BitSet()).set(page / LEAF);
                    used.merge(owner[page], 1L, Long::sum);
                }
            }
            List<PackUse> uses = new ArrayList<>();
            used.forEach((take, pages) -> {
                int size = stored.getOrDefault(take, 0);
                PackEntry pack = new PackEntry(new PackName(id(take), 0), size * PAGE, DIGEST, size);
                uses.add(new PackUse(pack, pages, in.getOrDefault(take, new BitSet())));
            });
            return uses;
        }

        long named() {
            return uses().stream().mapToLong(use -> use.pack().pages()).sum();
        }

        long layers() {
            return uses().stream().mapToLong(use -> use.leaves().cardinality()).sum();
        }
    }
}
