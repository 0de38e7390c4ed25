package io.harmonylite.snapshot.internal.format;

import java.util.List;

/** The parts of a manifest that lists, prunes and copies need; readable without a key. Immutable. */
public interface Outline {

    /** Returns the head. That of a sealed manifest was not authenticated, unless this is a {@link Manifest}. */
    ManifestHead head();

    /** Returns all packs that hold pages of the image, in the order in which they were written. */
    List<PackEntry> packs();

    /** Returns this manifest with another ordering, as a copy needs it. */
    Outline with(Ordering ordering);

    /** Encodes the manifest. */
    byte[] encode();

    /**
     * A sealed manifest that was not opened.
     *
     * @param body the encoded body
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Closed(ManifestHead head, List<PackEntry> packs, byte[] body) implements Outline {

        @Override
        public Outline with(Ordering ordering) {
            return new Closed(head.with(ordering), packs, body);
        }

        @Override
        public byte[] encode() {
            return ManifestCodec.encode(head, body);
        }
    }
}
