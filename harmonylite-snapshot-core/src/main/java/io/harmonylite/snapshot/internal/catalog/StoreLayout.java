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
 * &lt;name&gt;/retired/&lt;snapshot id&gt;        marker: retired at this object's time
 * &lt;name&gt;/pins/&lt;snapshot id&gt;-&lt;random&gt;  marker: in use while a pin exists, even if retired
 * &lt;name&gt;/proofs/&lt;snapshot id&gt;-&lt;instant&gt;  marker: rebuilt and verified completely at that instant
 * &lt;name&gt;/damaged/&lt;pack&gt;            marker: a verification found this pack damaged
 * &lt;name&gt;/clock/&lt;random&gt;               written and removed to read the store's time
 * </pre>
 */
public record StoreLayout(String name) {

    private static final String MANIFESTS = "/manifests/";
    private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,64}");

    /** Rejects a name that is not {@code [A-Za-z0-9._-]{1,64}}, or is {@code .} or {@code ..}. */
    public StoreLayout {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + name
                    + "' is not a name for snapshots; use 1 to 64 characters of [A-Za-z0-9._-], but not '.' or '..'");
        }
    }

    /** Returns the name of the snapshots to which a manifest belongs; empty if the object is not a manifest. */
    public static Optional<String> nameIn(String object) {
        int end = object.indexOf(MANIFESTS);
        return end > 0
                        && NAME.matcher(object.substring(0, end)).matches()
                        && idIn(object, object.substring(0, end) + MANIFESTS).isPresent()
                ? Optional.of(object.substring(0, end))
                : Optional.empty();
    }

    /** Returns the prefix of all manifests. */
    public String manifests() {
        return name + MANIFESTS;
    }

    public String manifest(SnapshotId id) {
        return manifests() + id;
    }

    /** Returns the prefix of all packs. */
    public String packs() {
        return name + "/packs/";
    }

    /** Returns the prefix of all packs of one take. */
    public String packsOf(SnapshotId writer) {
        return packs() + writer + "-";
    }

    public String pack(PackName pack) {
        return packs() + pack;
    }

    /** Returns the prefix of all retirement markers. */
    public String retired() {
        return name + "/retired/";
    }

    /** Returns the marker that retires a snapshot. */
    public String retired(SnapshotId id) {
        return retired() + id;
    }

    /** Returns the prefix of all pins. */
    public String pins() {
        return name + "/pins/";
    }

    /** Returns the prefix of all pins of a snapshot. */
    public String pinsOf(SnapshotId id) {
        return pins() + id + "-";
    }

    /** Returns the name of a pin; {@code random} contains no dash. */
    public String pin(SnapshotId id, String random) {
        return pinsOf(id) + random;
    }

    /** Returns the prefix of all proofs. */
    public String proofs() {
        return name + "/proofs/";
    }

    public String proof(ProofName proof) {
        return proofs() + proof;
    }

    /** Parses the name of an object under {@link #proofs}; empty if the object is not a proof of this format. */
    public Optional<ProofName> proofIn(String object) {
        return ProofName.parse(object.substring(proofs().length()));
    }

    /** Returns the prefix of all markers of damaged packs. */
    public String damaged() {
        return name + "/damaged/";
    }

    /** Returns the marker of a damaged pack. */
    public String damaged(PackName pack) {
        return damaged() + pack;
    }

    /** Returns the prefix of the objects that are written to read the store's time. */
    public String clocks() {
        return name + "/clock/";
    }

    /** Returns the snapshot that a marker retires; empty if the object is not a marker of this format. */
    public Optional<SnapshotId> markedBy(String marker) {
        return marker.startsWith(retired()) ? idIn(marker, retired()) : Optional.empty();
    }

    /** Returns the snapshot that a pin holds; empty if the object is not a pin of this format. */
    public Optional<SnapshotId> pinnedBy(String pin) {
        int end = pin.lastIndexOf('-');
        return end < 0 || !pin.startsWith(pins()) ? Optional.empty() : idIn(pin.substring(0, end), pins());
    }

    /** Parses the name of an object under {@link #packs}; empty if the object is not a pack of this format. */
    public Optional<PackName> packIn(String object) {
        return PackName.parse(object.substring(packs().length()));
    }

    /** Parses the snapshot id at the end of an object's name; empty if the object is not of this format. */
    public static Optional<SnapshotId> idIn(String object, String folder) {
        try {
            return Optional.of(SnapshotId.parse(object.substring(folder.length())));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // Later formats may add kinds of objects; ignore them.
        }
    }
}
