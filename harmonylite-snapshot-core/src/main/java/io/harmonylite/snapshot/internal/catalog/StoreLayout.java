package io.harmonylite.snapshot.internal.catalog;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.internal.format.PackName;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Names of the objects of one snapshot name, format 1:
 *
 * <pre>
 * &lt;name&gt;/manifests/&lt;snapshot id&gt;      a snapshot exists from the moment its manifest does
 * &lt;name&gt;/packs/&lt;snapshot id&gt;-000000   frames and leaves
 * &lt;name&gt;/retired/&lt;snapshot id&gt;        marker: taken out of use at this object's time
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

    /** The id at the end of an object's name; empty for objects that are not ours. */
    public static Optional<SnapshotId> idIn(String object, String folder) {
        try {
            return Optional.of(SnapshotId.parse(object.substring(folder.length())));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // Later formats may add kinds of objects; they are none of ours.
        }
    }
}
