package io.harmonylite.snapshot;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The packages of the core module from the bottom up. A package may use only the packages that its row names, and these
 * stand in earlier rows, so there are no cycles and no upward dependencies. The root package is two layers: its values,
 * together with the exceptions, and the entry points, which may use everything.
 */
final class PackageLayers {

    private static final String ROOT = "io.harmonylite.snapshot";
    private static final String VALUES = "values";
    private static final Set<String> ENTRY_POINTS =
            Set.of("SnapshotManager", "SnapshotRepository", "SnapshotKeys", "ManagerWiring", "ServiceOptions");

    private static final List<Row> ROWS = List.of(
            new Row("internal.base"),
            new Row("internal.file"),
            new Row("lease"),
            new Row("store", "internal.base", "internal.file"),
            new Row(VALUES, "internal.base"),
            new Row("internal.concurrent", VALUES),
            new Row("internal.format", "internal.base", VALUES),
            new Row("internal.observation", VALUES),
            new Row("internal.sqlite", "internal.file", VALUES, "internal.format"),
            new Row("internal.changelog", VALUES, "internal.concurrent", "internal.format", "internal.sqlite"),
            new Row("change", "internal.changelog"),
            new Row(
                    "internal.runtime",
                    "internal.base",
                    "internal.file",
                    VALUES,
                    "internal.concurrent",
                    "internal.observation",
                    "internal.sqlite"),
            new Row(
                    "internal.catalog",
                    "internal.base",
                    "store",
                    VALUES,
                    "internal.concurrent",
                    "internal.format",
                    "internal.runtime"),
            new Row(
                    "internal.prune",
                    "internal.base",
                    "store",
                    VALUES,
                    "internal.concurrent",
                    "internal.format",
                    "internal.runtime",
                    "internal.catalog"),
            new Row("internal.sequence", "internal.base", VALUES, "internal.format", "internal.sqlite"),
            new Row(
                    "sequence",
                    "internal.file",
                    VALUES,
                    "internal.concurrent",
                    "internal.format",
                    "internal.sqlite",
                    "internal.runtime",
                    "internal.sequence"),
            new Row("internal.node", VALUES, "internal.sqlite", "change", "internal.sequence", "sequence"),
            new Row(
                    "internal.take",
                    "internal.base",
                    "internal.file",
                    "lease",
                    "store",
                    VALUES,
                    "internal.concurrent",
                    "internal.format",
                    "internal.sqlite",
                    "change",
                    "internal.runtime",
                    "internal.catalog",
                    "internal.sequence",
                    "internal.node"),
            new Row(
                    "internal.copy",
                    "internal.base",
                    "store",
                    VALUES,
                    "internal.concurrent",
                    "internal.format",
                    "internal.runtime",
                    "internal.catalog",
                    "internal.take"),
            new Row("stream", VALUES, "sequence"),
            new Row(
                    "harmonylite",
                    "internal.base",
                    "internal.file",
                    "store",
                    VALUES,
                    "internal.format",
                    "internal.sqlite",
                    "internal.changelog",
                    "change",
                    "sequence",
                    "stream"),
            new Row("recovery", VALUES, "stream", "harmonylite"),
            new Row(
                    "internal.install",
                    "internal.file",
                    VALUES,
                    "internal.concurrent",
                    "internal.format",
                    "internal.sqlite",
                    "recovery"),
            new Row(
                    "internal.restore",
                    "internal.base",
                    "internal.file",
                    "store",
                    VALUES,
                    "internal.concurrent",
                    "internal.format",
                    "internal.sqlite",
                    "change",
                    "internal.runtime",
                    "internal.catalog",
                    "internal.sequence",
                    "internal.node",
                    "internal.install"),
            new Row(
                    "internal.harmonylite",
                    "internal.base",
                    "internal.file",
                    "store",
                    VALUES,
                    "internal.format",
                    "internal.sqlite",
                    "internal.changelog",
                    "internal.runtime",
                    "internal.catalog",
                    "internal.sequence",
                    "internal.node",
                    "stream",
                    "harmonylite",
                    "recovery",
                    "internal.install",
                    "internal.restore"),
            new Row(
                    "internal.stream",
                    "internal.base",
                    "internal.file",
                    VALUES,
                    "internal.concurrent",
                    "stream",
                    "recovery"),
            new Row(
                    "internal.recovery",
                    "internal.base",
                    "internal.file",
                    "store",
                    VALUES,
                    "internal.concurrent",
                    "internal.format",
                    "internal.sqlite",
                    "internal.changelog",
                    "internal.runtime",
                    "internal.catalog",
                    "internal.sequence",
                    "internal.node",
                    "stream",
                    "harmonylite",
                    "recovery",
                    "internal.install",
                    "internal.restore",
                    "internal.harmonylite",
                    "internal.stream"),
            new Row("trim", VALUES),
            new Row(
                    "internal.trim",
                    "internal.base",
                    VALUES,
                    "internal.concurrent",
                    "internal.sqlite",
                    "internal.changelog",
                    "internal.runtime",
                    "internal.catalog",
                    "stream",
                    "recovery",
                    "internal.stream",
                    "trim"),
            new Row("watch", VALUES, "stream"),
            new Row("health", VALUES, "watch"),
            new Row(
                    "internal.health",
                    VALUES,
                    "internal.concurrent",
                    "internal.catalog",
                    "stream",
                    "recovery",
                    "internal.stream",
                    "internal.recovery",
                    "watch",
                    "health"),
            new Row(
                    "internal.watch",
                    "internal.base",
                    VALUES,
                    "internal.runtime",
                    "internal.catalog",
                    "internal.take",
                    "stream",
                    "recovery",
                    "internal.recovery",
                    "watch"),
            new Row("metrics", VALUES, "watch", "health"));

    private static final Map<String, Set<String>> ALLOWED = allowed();

    private PackageLayers() {}

    private static Map<String, Set<String>> allowed() {
        Map<String, Set<String>> allowed = new HashMap<>();
        for (Row row : ROWS) {
            if (!allowed.keySet().containsAll(row.uses())) {
                throw new IllegalStateException(row + " uses a package of a later row");
            }
            allowed.put(row.name(), row.uses());
        }
        return allowed;
    }

    static ArchCondition<JavaClass> useOnlyLowerPackages() {
        return new ArchCondition<>("use only the packages that their row names") {
            @Override
            public void check(JavaClass from, ConditionEvents events) {
                from.getDirectDependenciesFromSelf().stream()
                        .filter(PackageLayers::isForbidden)
                        .forEach(found -> events.add(SimpleConditionEvent.violated(from, found.getDescription())));
            }
        };
    }

    private static boolean isForbidden(Dependency dependency) {
        String from = layer(dependency.getOriginClass());
        String to = layer(dependency.getTargetClass());
        if (to.isEmpty() || from.equals(to) || ENTRY_POINTS.contains(from)) {
            return false;
        }
        return !ALLOWED.getOrDefault(from, Set.of()).contains(to);
    }

    /** Returns the layer of a class: its package, values, or an entry point's name. Empty for a class of others. */
    private static String layer(JavaClass type) {
        String name = type.getBaseComponentType().getPackageName();
        if (name.equals(ROOT + ".exception")) {
            return VALUES;
        }
        if (name.equals(ROOT)) {
            String outermost = type.getBaseComponentType()
                    .getName()
                    .substring(ROOT.length() + 1)
                    .replaceFirst("\\$.*", "");
            return ENTRY_POINTS.contains(outermost) ? outermost : VALUES;
        }
        return name.startsWith(ROOT + ".") ? name.substring(ROOT.length() + 1) : "";
    }

    private record Row(String name, Set<String> uses) {
        Row(String name, String... uses) {
            this(name, Set.of(uses));
        }
    }
}
