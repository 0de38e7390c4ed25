package io.harmonylite.snapshot.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One move of a history. All its choices follow from its seed, so it stays the same if other moves are left out.
 *
 * @param kind what is done
 * @param seed seed of its choices
 */
record Move(Kind kind, long seed) {

    /** The kinds of moves. Each is as frequent as its weight; moves that may destroy data are in half of the histories only. */
    enum Kind {
        PUBLISH(8, false),
        PUBLISH_OWN(5, false),
        APPLY(8, false),
        TAKE(7, false),
        TAKE_FULL(1, false),
        TAKE_COMPACTED(1, false),
        TAKE_OF_PEER(2, false),
        RESTORE(3, false),
        RESTORE_ONLINE(2, false),
        RESTORE_AS_OF(1, false),
        RECOVER(5, false),
        RECOVER_NEVER_LAGGING(1, false),
        PROVE(2, false),
        PIN(1, false),
        PRUNE(2, false),
        SWEEP(2, false),
        TRIM(3, false),
        COPY(1, false),
        COPY_AND_MOVE(1, false),
        PASS(2, false),
        SET_CLOCK_OF_HOST(1, false),
        SAVE_FILES(2, false),
        SET_CLOCK_OF_STORE(1, true),
        TAKE_WITHOUT_MAP(1, true),
        RECOVER_FORCEFULLY(3, true),
        DROP_MESSAGES(2, true),
        DELETE_MESSAGE(1, true),
        CREATE_STREAM_ANEW(2, true),
        OLDER_DATABASE(2, true),
        OLDER_MAP(1, true),
        OLDER_PAIR(1, true),
        DATABASE_OF_PEER(1, true),
        EMPTY_DATABASE(1, true),
        JUNK_DATABASE(1, true),
        LOSE_DATABASE(1, true),
        LOSE_MAP(1, true),
        /** Never chosen: the model must notice it. */
        LOSE_ROWS(0, true);

        private final int weight;
        private final boolean harmful;

        Kind(int weight, boolean harmful) {
            this.weight = weight;
            this.harmful = harmful;
        }
    }

    private static final List<Kind> ALL = bag(true);
    private static final List<Kind> HARMLESS = bag(false);

    private static List<Kind> bag(boolean harmful) {
        List<Kind> bag = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            for (int i = 0; i < (kind.harmful && !harmful ? 0 : kind.weight); i++) {
                bag.add(kind);
            }
        }
        return bag;
    }

    boolean isHarmful() {
        return kind.harmful;
    }

    /** Returns the moves of a history. */
    static List<Move> history(Random random) {
        List<Kind> bag = random.nextBoolean() ? ALL : HARMLESS;
        int length = 4 + random.nextInt(20);
        List<Move> moves = new ArrayList<>();
        if (random.nextInt(8) > 0) {
            moves.add(new Move(Kind.RECOVER, random.nextLong()));
            moves.add(new Move(random.nextBoolean() ? Kind.TAKE : Kind.PUBLISH, random.nextLong()));
        }
        for (int i = 0; i < length; i++) {
            moves.add(new Move(bag.get(random.nextInt(bag.size())), random.nextLong()));
        }
        return moves;
    }

    @Override
    public String toString() {
        return kind + ":" + seed;
    }
}
