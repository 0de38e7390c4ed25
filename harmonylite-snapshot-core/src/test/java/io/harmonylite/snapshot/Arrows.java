package io.harmonylite.snapshot;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which package may know which. The root package, where everything is put together, may know all; a package that is not
 * named here may know none.
 */
final class Arrows {

    private static final String ROOT = "io.harmonylite.snapshot";
    private static final String VALUES = "";

    private static final Map<String, Set<String>> ALLOWED = Map.ofEntries(
            Map.entry("exception", Set.of(VALUES, "recovery")),
            Map.entry("store", Set.of("internal.file")),
            Map.entry("stream", Set.of(VALUES)),
            Map.entry("lease", Set.of()),
            Map.entry("watch", Set.of(VALUES, "stream")),
            Map.entry("internal.file", Set.of()),
            Map.entry("internal.concurrent", Set.of("exception")),
            Map.entry("internal.format", Set.of(VALUES, "exception")),
            Map.entry(
                    "internal.sqlite",
                    Set.of(VALUES, "exception", "internal.concurrent", "internal.file", "internal.format")),
            Map.entry(
                    "internal.catalog", Set.of(VALUES, "exception", "store", "internal.concurrent", "internal.format")),
            Map.entry(
                    "internal.runtime",
                    Set.of(
                            VALUES,
                            "exception",
                            "internal.concurrent",
                            "internal.file",
                            "internal.observation",
                            "internal.sqlite")),
            Map.entry("health", Set.of(VALUES, "watch")),
            Map.entry("internal.health", pipeline("health", "recovery", "stream", "watch")),
            Map.entry("metrics", Set.of(VALUES, "health", "watch")),
            Map.entry("trim", Set.of(VALUES, "stream")),
            Map.entry("internal.trim", pipeline("recovery", "stream", "trim")),
            Map.entry("internal.observation", Set.of(VALUES, "exception")),
            Map.entry("change", Set.of("internal.sqlite")),
            Map.entry(
                    "harmonylite",
                    Set.of(
                            VALUES,
                            "change",
                            "exception",
                            "store",
                            "stream",
                            "sequence",
                            "internal.file",
                            "internal.format",
                            "internal.sqlite")),
            Map.entry("recovery", Set.of(VALUES, "exception", "stream", "internal.catalog")),
            Map.entry(
                    "sequence",
                    Set.of(
                            VALUES,
                            "exception",
                            "internal.concurrent",
                            "internal.file",
                            "internal.format",
                            "internal.runtime",
                            "internal.sequence",
                            "internal.sqlite")),
            Map.entry(
                    "internal.sequence", Set.of(VALUES, "exception", "sequence", "internal.format", "internal.sqlite")),
            Map.entry("internal.take", pipeline("change", "internal.sequence", "lease")),
            Map.entry("internal.restore", pipeline("change", "harmonylite", "internal.sequence", "stream")),
            Map.entry("internal.recovery", pipeline("internal.restore", "internal.sequence", "recovery", "stream")),
            Map.entry(
                    "internal.node",
                    Set.of(
                            VALUES,
                            "change",
                            "exception",
                            "sequence",
                            "internal.recovery",
                            "internal.restore",
                            "internal.sequence",
                            "internal.sqlite",
                            "internal.take")),
            Map.entry(
                    "internal.watch",
                    Set.of(
                            VALUES,
                            "exception",
                            "recovery",
                            "stream",
                            "watch",
                            "internal.catalog",
                            "internal.prune",
                            "internal.recovery",
                            "internal.runtime",
                            "internal.take")),
            Map.entry(
                    "internal.prune",
                    Set.of(
                            VALUES,
                            "exception",
                            "store",
                            "internal.catalog",
                            "internal.concurrent",
                            "internal.format",
                            "internal.runtime")));

    private Arrows() {}

    private static Set<String> pipeline(String... more) {
        Set<String> known = new HashSet<>(Set.of(more));
        known.addAll(Set.of(
                VALUES,
                "exception",
                "store",
                "internal.catalog",
                "internal.concurrent",
                "internal.file",
                "internal.format",
                "internal.runtime",
                "internal.sqlite"));
        return known;
    }

    static ArchCondition<JavaClass> keepToThem() {
        return new ArchCondition<>("keep to the arrows") {
            @Override
            public void check(JavaClass from, ConditionEvents events) {
                from.getDirectDependenciesFromSelf().stream()
                        .filter(Arrows::isForbidden)
                        .forEach(arrow -> events.add(SimpleConditionEvent.violated(from, arrow.getDescription())));
            }
        };
    }

    private static boolean isForbidden(Dependency arrow) {
        String from = arrow.getOriginClass().getPackageName();
        String to = arrow.getTargetClass().getPackageName();
        if (!isOurs(to) || from.equals(to) || from.equals(ROOT)) {
            return false;
        }
        Set<String> allowed = ALLOWED.get(shortName(from));
        return allowed == null || !allowed.contains(shortName(to));
    }

    private static boolean isOurs(String name) {
        return name.equals(ROOT) || name.startsWith(ROOT + ".");
    }

    private static String shortName(String name) {
        return name.equals(ROOT) ? VALUES : name.substring(ROOT.length() + 1);
    }
}
