package io.harmonylite.snapshot.internal.catalog;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.internal.format.ManifestHead;
import io.harmonylite.snapshot.internal.format.Ordering;
import io.harmonylite.snapshot.internal.format.PackName;
import io.harmonylite.snapshot.store.ObjectInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The head of a stored manifest and the times of its objects. Immutable.
 *
 * <p>A take that is not in time does not confirm its snapshot, and may still retire it. Such a <em>late</em> snapshot
 * counts for no reader, at any age: {@link #isLate}. It looks like this: the manifest was stored more than half the grace
 * period after the take listed the store, but all packs before. A take checks the times of its packs before it stores
 * the manifest, so packs with later times are not those of a late take: they, and the manifest, were copied. The packs
 * of earlier takes, whose times may be wrong, decide only if the snapshot has no others.
 * {@code newestPack} is the time of the newest pack that decides; {@link Instant#MIN} if unknown.
 */
public record StoredHead(ManifestHead head, ObjectInfo object, Instant newestPack) {

    /** Tolerated difference between clocks. */
    static final Duration TOLERANCE = Duration.ofMinutes(5);

    public StoredHead withPacks(Collection<PackName> packs, Function<PackName, Instant> times) {
        Map<Boolean, Instant> newest = packs.stream()
                .collect(Collectors.toMap(
                        pack -> pack.writer().equals(id()), times, BinaryOperator.maxBy(Comparator.naturalOrder())));
        return new StoredHead(head, object, newest.getOrDefault(true, newest.getOrDefault(false, Instant.MIN)));
    }

    /** Returns whether the times of the packs are needed to determine whether the snapshot is late. */
    public boolean isOverdue() {
        return head.ordering().isOverdue(modified());
    }

    /**
     * Returns whether the snapshot counts for no reader. A manifest in the future of {@code now} has a wrong time, but
     * is not late.
     */
    public boolean isLate(Instant now) {
        return isOverdue() && !isFuture(modified(), now) && !head.ordering().isOverdue(newestPack);
    }

    /** Returns whether the manifest was stored later than an instant. */
    public boolean isAfter(Instant instant) {
        return modified().isAfter(instant);
    }

    static boolean isFuture(Instant instant, Instant now) {
        return instant.isAfter(now.plus(TOLERANCE));
    }

    Instant modified() {
        return object.lastModified();
    }

    /** Returns when the snapshot was stored first: for a copy, in the store that it was copied from. */
    private Instant firstStored() {
        Instant first = head.ordering().firstStored();
        return first == null ? modified() : first;
    }

    SnapshotId id() {
        return head.id();
    }

    long generation() {
        return head.ordering().generation();
    }

    /** Returns the description of the snapshot without regard to the present time and to other snapshots. */
    public static SnapshotInfo alone(ManifestHead head, ObjectInfo manifest) {
        return head.info(new StoredHead(head, manifest, Instant.MIN).time(Instant.MAX.minus(TOLERANCE)));
    }

    /** Returns the later of creation and storage, as far as they are not in the future; else the earlier one. */
    Instant time(Instant now) {
        Instant created = head.created();
        Instant stored = firstStored();
        Instant later = stored.isAfter(created) ? stored : created;
        Instant earlier = stored.isAfter(created) ? created : stored;
        return isFuture(later, now) ? earlier : later;
    }

    /** Returns why the times of the snapshot alone cannot be right; empty if they can. */
    Optional<String> doubt(Instant now) {
        Ordering ordering = head.ordering();
        Instant modified = modified();
        Instant listed = ordering.listed();
        if (isFuture(modified, now)) {
            return Optional.of("its manifest was stored at " + modified + ", which is in the future");
        }
        if (isFuture(firstStored(), now)) {
            return Optional.of("it was stored at " + firstStored()
                    + " in the store that it was copied from, which is in the future");
        }
        if (isFuture(head.created(), now)) {
            return Optional.of("it was created at " + head.created() + ", which is in the future");
        }
        if (isLate(now)) {
            return Optional.of("it does not count: its manifest was stored at " + modified + ", more than "
                    + ordering.limit() + " (half the grace period) after its take began at " + listed
                    + ". If the take failed, retire the snapshot by its id");
        }
        return isOverdue()
                ? Optional.of("its objects were stored at " + modified + ", long after its take began at " + listed
                        + "; they were copied without their times")
                : Optional.empty();
    }
}
