package io.harmonylite.snapshot.nats;

import java.util.regex.Pattern;

/** Which objects are packs: those named {@code <name>/packs/…}. They have a bucket of their own. */
final class PackNames {

    private static final String FOLDER = "packs/";
    private static final Pattern PACK = Pattern.compile("[^/]+/" + FOLDER + ".*");

    private PackNames() {}

    static boolean isPack(String name) {
        return PACK.matcher(name).matches();
    }

    /** Whether every name that starts so is a pack's. */
    static boolean allStart(String prefix) {
        return isPack(prefix);
    }

    /** Whether some pack's name starts so. */
    static boolean mayStart(String prefix) {
        int slash = prefix.indexOf('/');
        String rest = slash < 0 ? "" : prefix.substring(slash + 1);
        return rest.startsWith(FOLDER) || FOLDER.startsWith(rest);
    }
}
