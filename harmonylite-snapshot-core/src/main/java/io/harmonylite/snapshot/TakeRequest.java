package io.harmonylite.snapshot;

/** What a take stores, and at which positions. Immutable; the methods return changed copies. */
public final class TakeRequest {

    private final Positions positions;
    private final boolean isFull;

    private TakeRequest(Positions positions, boolean isFull) {
        this.positions = positions;
        this.isFull = isFull;
    }

    /**
     * Requests a take that stores the pages that have changed since the latest snapshot of the same name and page size,
     * and references the others. This is the default.
     */
    public static TakeRequest incremental() {
        return new TakeRequest(Positions.none(), false);
    }

    /** Requests a take that stores every page, so that the snapshot needs no pack of an earlier take. */
    public static TakeRequest full() {
        return new TakeRequest(Positions.none(), true);
    }

    /**
     * Sets positions that the database has already reached, for a manager without a sequence map. The default is none.
     */
    public TakeRequest positions(Positions reached) {
        return new TakeRequest(reached, isFull);
    }

    /** Returns the positions. */
    public Positions positions() {
        return positions;
    }

    /** Returns whether every page is stored. */
    public boolean isFull() {
        return isFull;
    }
}
