package io.harmonylite.snapshot.internal.sequence;

/** Lets this package reach the map inside a {@link io.harmonylite.snapshot.sequence.FileSequenceMap}, and hosts not. */
public abstract class FileMapHandle {

    private final FileMap map;

    /** A handle on a map. */
    protected FileMapHandle(FileMap map) {
        this.map = map;
    }

    /** The map, for the class that extends this one. */
    protected final FileMap map() {
        return map;
    }

    static MapControl controlOf(FileMapHandle handle) {
        return handle.map.control();
    }
}
