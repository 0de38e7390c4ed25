package io.harmonylite.snapshot.internal.recovery;

/** Reasons why a sequence map and a database do not belong together, in sentences for operators. */
final class BindingMessages {

    private static final String ACCEPT = "; if they belong together, allow recovery to accept an unbound map";

    private BindingMessages() {}

    static String older() {
        return "the sequence map was written after it: an older copy of the database was put back by other means than a"
                + " restore";
    }

    static String replaced(String restoreId) {
        return "it was not written by restore " + restoreId
                + ", which the sequence map records: the file was replaced by other means";
    }

    static String another() {
        return "it is bound to another sequence map: the file was replaced by other means, or a path is wrong";
    }

    static String empty() {
        return "it is empty and not bound to the sequence map, which has positions: the database was created anew";
    }

    static String unbound(boolean isMapBound, boolean isDatabaseBound) {
        if (isMapBound) {
            return "it is not bound to the sequence map: the database was created anew or replaced, or HarmonyLite's"
                    + " -cleanup removed this library's tables" + ACCEPT;
        }
        return (isDatabaseBound
                        ? "it is bound to another sequence map than this one, which is bound to none"
                        : "neither the sequence map nor the database shows that they belong together")
                + ACCEPT;
    }
}
