package io.harmonylite.snapshot.internal.format;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.StreamPosition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.arbitraries.StringArbitrary;

/** Arbitrary values for round trips: everything that the types allow, in sizes suitable for tests. */
final class MadeUp {

    private MadeUp() {}

    /** Returns text that UTF-8 can encode, of any length. */
    static StringArbitrary texts() {
        return Arbitraries.strings().withCharRange((char) 0, (char) 0xd7ff).withCharRange((char) 0xe000, (char) 0xffff);
    }

    static Arbitrary<String> streams() {
        return texts().ofMinLength(1).ofMaxLength(Positions.MAX_STREAM_NAME_LENGTH);
    }

    /** Returns instants with 64 bits of nanoseconds. */
    static Arbitrary<Instant> instants() {
        return Arbitraries.longs().map(nanos -> Instant.ofEpochSecond(0, nanos));
    }

    static Arbitrary<Positions> positions() {
        Arbitrary<StreamPosition> position = Combinators.combine(
                        Arbitraries.longs().greaterOrEqual(0),
                        instants().injectNull(0.3),
                        instants().injectNull(0.3))
                .as(StreamPosition::new);
        return Arbitraries.maps(streams(), position).ofMaxSize(12).map(Positions::copyOf);
    }

    static Arbitrary<SnapshotId> ids() {
        return Combinators.combine(
                        Arbitraries.longs().between(0, 4_000_000_000_000L),
                        Arbitraries.strings()
                                .alpha()
                                .numeric()
                                .withChars('_')
                                .ofMinLength(1)
                                .ofMaxLength(32),
                        Arbitraries.longs())
                .as((milli, node, random) -> SnapshotId.of(Instant.ofEpochMilli(milli), node, random));
    }

    /** Returns positive numbers that add up to a sum. */
    static List<Integer> parts(Random random, int sum) {
        List<Integer> parts = new ArrayList<>();
        for (int left = sum; left > 0; left -= parts.get(parts.size() - 1)) {
            parts.add(1 + random.nextInt(left));
        }
        return parts;
    }

    static Digest digest(Random random) {
        byte[] bytes = new byte[Digest.LENGTH];
        random.nextBytes(bytes);
        return Digest.copyOf(bytes, 0);
    }
}
