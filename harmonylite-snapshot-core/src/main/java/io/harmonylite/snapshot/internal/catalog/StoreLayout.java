package io.harmonylite.snapshot.internal.catalog;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.internal.format.PackName;
import io.harmonylite.snapshot.internal.format.ProofName;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Names of the objects of one snapshot name, format 1:
 *
 * <pre>
 * &lt;name&gt;/manifests/&lt;snapshot id&gt;      a snapshot exists from the moment its manifest does
 * &lt;name&gt;/packs/&lt;snapshot id&gt;-000000   frames and leaves
 * &lt;name&gt;/retired/&lt;snapshot id&gt;        marker: taken out of use at this object's time
 * &lt;name&gt;/pins/&lt;snapshot id&gt;-&lt;random&gt;  marker: in use while one is there, whatever else says it is retired
 * &lt;name&gt;/proofs/&lt;snapshot id&gt;-&lt;instant&gt;  marker: was rebuilt and checked completely at that instant
 * &lt;name&gt;/clock/&lt;random&gt;               written and removed to learn the store's own time
 * </pre>
 *
 * @param name the snapshots' name: {@code [A-Za-z0-9._-]{1,64}}, not {@code .} or {@code ..}
 */
public record StoreLayout(String name) {

    private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,64}");

    /** Refuses a name that does not fit. */
    public StoreLayout {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not a name for snapshots: '" + name
                    + "'; it has 1 to 64 characters of [A-Za-z0-9._-] and is not '.' or '..'");
        }
    }

    /** Where all manifests are. */
    public String manifests() {
        return name + "/manifests/";
    }

    /** The manifest of a snapshot. */
    public String manifest(SnapshotId id) {
        return manifests() + id;
    }

    /** Where all packs are. */
    public String packs() {
        return name + "/packs/";
    }

    /** What the packs of one take start with. */
    public String packsOf(SnapshotId writer) {
        return packs() + writer + "-";
    }

    /** A pack. */
    public String pack(PackName pack) {
        return packs() + pack;
    }

    /** Where all retirement markers are. */
    public String retired() {
        return name + "/retired/";
    }

    /** The marker that retires a snapshot. */
    public String retired(SnapshotId id) {
        return retired() + id;
    }

    /** Where all pins are. */
    public String pins() {
        return name + "/pins/";
    }

    /** What the pins of a snapshot start with. */
    public String pinsOf(SnapshotId id) {
        return pins() + id + "-";
    }

    /**
     * A pin.
     *
     * @param random what makes it unique: no dash is in it
     */
    public String pin(SnapshotId id, String random) {
        return pinsOf(id) + random;
    }

    /** Where all proofs are. */
    public String proofs() {
        return name + "/proofs/";
    }

    /** A proof. */
    public String proof(ProofName proof) {
        return proofs() + proof;
    }

    /** The proof that an object under {@link #proofs} is; empty for objects that are not ours. */
    public Optional<ProofName> proofIn(String object) {
        return ProofName.parse(object.substring(proofs().length()));
    }

    /** Where the store's time is asked for. */
    public String clocks() {
        return name + "/clock/";
    }

    /** The id of the snapshot that a marker retires; empty for objects that are none. */
    public Optional<SnapshotId> markedBy(String marker) {
        return marker.startsWith(retired()) ? idIn(marker, retired()) : Optional.empty();
    }

    /** The id of the snapshot that a pin holds; empty for objects that are none. */
    public Optional<SnapshotId> pinnedBy(String pin) {
        int end = pin.lastIndexOf('-');
        return end < 0 || !pin.startsWith(pins()) ? Optional.empty() : idIn(pin.substring(0, end), pins());
    }

    /** The pack that an object under {@link #packs} is; empty for objects that are not ours. */
    public Optional<PackName> packIn(String object) {
        return PackName.parse(object.substring(packs().length()));
    }

    /** The id at the end of an object's name; empty for objects that are not ours. */
    public static Optional<SnapshotId> idIn(String object, String folder) {
        try {
            return Optional.of(SnapshotId.parse(object.substring(folder.length())));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // Later formats may add kinds of objects; they are none of ours.
        }
    }
}
