package io.harmonylite.snapshot.nats;

import java.util.regex.Pattern;

/** Tells packs from other objects. Packs are named {@code <name>/packs/…} and have their own bucket. */
final class PackNames {

    private static final String FOLDER = "packs/";
    private static final Pattern PACK = Pattern.compile("[^/]+/" + FOLDER + ".*");

    private PackNames() {}

    static boolean isPack(String name) {
        return PACK.matcher(name).matches();
    }

    /** Returns whether every name with this prefix is that of a pack. */
    static boolean allStart(String prefix) {
        return isPack(prefix);
    }

    /** Returns whether a pack's name can start with this prefix. */
    static boolean mayStart(String prefix) {
        int slash = prefix.indexOf('/');
        String rest = slash < 0 ? "" : prefix.substring(slash + 1);
        return rest.startsWith(FOLDER) || FOLDER.startsWith(rest);
    }
}
