package io.harmonylite.snapshot.crash;

import io.harmonylite.snapshot.crash.Recording.Moment;
import io.harmonylite.snapshot.crash.Tree.Entry;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A disk whose power is cut. It keeps the synced content of each file, and any sectors written since. It keeps the
 * synced names of each directory, and any changes since, where one change is one file operation; a rename between
 * directories is two.
 *
 * <p>Data that SQLite writes to a database in use and to its sidecars counts as durable when the call returns: that is
 * SQLite's own guarantee, covered by its own tests. Data that it writes to private files counts as unsynced until the
 * library syncs it. Not thread-safe.
 */
final class PowerCut {

    private static final String SCRATCH = ".harmonylite-scratch-";

    private final TreeMap<String, Long> names = new TreeMap<>();
    private final Map<Long, Content> synced = new HashMap<>();
    private final Map<Long, List<Content>> written = new HashMap<>();
    private final Map<Long, FileTime> modified = new HashMap<>();
    private List<List<NameChange>> changes = new ArrayList<>();

    /** Creates the disk at a moment of a recording. */
    PowerCut(Recording recording, int moment) {
        Tree first = recording.moments().get(0).tree();
        first.entries().forEach((name, entry) -> {
            names.put(name, entry.file());
            synced.put(entry.file(), entry.content());
            modified.put(entry.file(), entry.modified());
        });
        for (int number = 0; number < moment; number++) {
            step(
                    recording.moments().get(number),
                    recording.moments().get(number + 1).tree());
        }
    }

    private void step(Moment moment, Tree after) {
        boolean isSqlite = moment.operation().equals(Step.SQLITE);
        switch (moment.operation()) {
            case SteppedFiles.SYNC -> sync(moment.tree().entries().get(moment.subject()));
            case SteppedFiles.SYNC_DIRECTORY -> syncDirectory(moment.subject());
            default -> {
                changeContents(moment.tree(), after, isSqlite);
                changeNames(moment.tree(), after, isSqlite);
            }
        }
    }

    private void sync(Entry file) {
        List<Content> versions = written.remove(file.file());
        if (versions != null) {
            synced.put(file.file(), versions.get(versions.size() - 1));
        }
    }

    private void changeContents(Tree before, Tree after, boolean isSqlite) {
        Map<Long, Content> old = new HashMap<>();
        before.entries().values().forEach(entry -> old.put(entry.file(), entry.content()));
        after.entries().forEach((name, entry) -> {
            modified.put(entry.file(), entry.modified());
            Content content = entry.content();
            if (!content.equals(old.getOrDefault(entry.file(), Content.EMPTY))) {
                write(entry.file(), content, isSqlite && !name.contains(SCRATCH));
            }
        });
    }

    private void write(long file, Content content, boolean isTrusted) {
        if (isTrusted) {
            written.remove(file);
            synced.put(file, content);
        } else {
            written.computeIfAbsent(file, none -> new ArrayList<>()).add(content);
        }
    }

    private void changeNames(Tree before, Tree after, boolean isSqlite) {
        Set<String> all = new TreeSet<>(before.entries().keySet());
        all.addAll(after.entries().keySet());
        Map<String, List<NameChange>> byDirectory = new TreeMap<>();
        for (String name : all) {
            NameChange change = new NameChange(name, file(before, name), file(after, name));
            if (!Objects.equals(change.old(), change.now())) {
                if (isSqlite && !name.contains(SCRATCH)) {
                    forget(name);
                    change.apply(names);
                } else {
                    byDirectory
                            .computeIfAbsent(parent(name), none -> new ArrayList<>())
                            .add(change);
                }
            }
        }
        changes.addAll(byDirectory.values());
    }

    private static Long file(Tree tree, String name) {
        Entry entry = tree.entries().get(name);
        return entry == null ? null : entry.file();
    }

    private void forget(String name) {
        changes = new ArrayList<>(changes.stream()
                .map(change ->
                        change.stream().filter(one -> !one.name().equals(name)).toList())
                .toList());
    }

    private void syncDirectory(String directory) {
        List<List<NameChange>> rest = new ArrayList<>();
        for (List<NameChange> change : changes) {
            if (!change.isEmpty() && parent(change.get(0).name()).equals(directory)) {
                change.forEach(one -> one.apply(names));
            } else {
                rest.add(change);
            }
        }
        changes = rest;
    }

    private static String parent(String name) {
        return name.contains("/") ? name.substring(0, name.lastIndexOf('/')) : "";
    }

    /** Returns the files on the disk after the power cut. */
    Tree cut(Random random) {
        TreeMap<String, Long> left = new TreeMap<>(names);
        Chance kept = Chance.of(random);
        for (List<NameChange> change : changes) {
            if (kept.next()) {
                change.forEach(one -> one.apply(left));
            }
        }
        Map<Long, Content> contents = new HashMap<>();
        TreeMap<String, Entry> entries = new TreeMap<>();
        left.forEach((name, file) -> {
            if (isReachable(name, left)) {
                Content content = file == Entry.DIRECTORY
                        ? Content.EMPTY
                        : contents.computeIfAbsent(file, one -> content(one, random));
                entries.put(name, new Entry(file, content, modified.get(file)));
            }
        });
        return new Tree(entries);
    }

    private static boolean isReachable(String name, Map<String, Long> left) {
        String parent = parent(name);
        return parent.isEmpty() || (left.containsKey(parent) && isReachable(parent, left));
    }

    private Content content(long file, Random random) {
        Content durable = synced.getOrDefault(file, Content.EMPTY);
        List<Content> versions = written.get(file);
        return versions == null ? durable : new TornFile(durable, versions).content(random);
    }

    /**
     * A change of one name.
     *
     * @param name the name
     * @param old the file it named, null if none
     * @param now the file it names, null if none
     */
    private record NameChange(String name, Long old, Long now) {

        void apply(Map<String, Long> names) {
            if (now != null) {
                names.put(name, now);
            } else {
                names.remove(name, old);
            }
        }
    }
}
