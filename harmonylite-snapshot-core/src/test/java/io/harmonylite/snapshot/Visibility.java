package io.harmonylite.snapshot;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.stream.Stream;

/** What a host can see: public and protected methods and constructors of public types. */
final class Visibility {

    private Visibility() {}

    static ArchCondition<JavaCodeUnit> showNothingOf(String packages) {
        return new ArchCondition<>("show nothing of " + packages) {
            @Override
            public void check(JavaCodeUnit unit, ConditionEvents events) {
                if (isVisible(unit)) {
                    typesOf(unit)
                            .filter(JavaClass.Predicates.resideInAPackage(packages))
                            .forEach(type -> events.add(SimpleConditionEvent.violated(
                                    unit, unit.getFullName() + " shows " + type.getName())));
                }
            }
        };
    }

    /** Superclasses and interfaces, at any distance: their public methods are part of the API. */
    static ArchCondition<JavaClass> extendNothingOf(String packages) {
        return new ArchCondition<>("extend nothing of " + packages) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                Stream.concat(type.getAllRawSuperclasses().stream(), type.getAllRawInterfaces().stream())
                        .filter(JavaClass.Predicates.resideInAPackage(packages))
                        .forEach(parent -> events.add(
                                SimpleConditionEvent.violated(type, type.getName() + " extends " + parent.getName())));
            }
        };
    }

    private static boolean isVisible(JavaCodeUnit unit) {
        boolean member = unit.getModifiers().contains(JavaModifier.PUBLIC)
                || unit.getModifiers().contains(JavaModifier.PROTECTED);
        return member
                && !unit.getModifiers().contains(JavaModifier.SYNTHETIC)
                && unit.getOwner().getModifiers().contains(JavaModifier.PUBLIC);
    }

    private static Stream<JavaClass> typesOf(JavaCodeUnit unit) {
        Stream<JavaType> types = Stream.concat(unit.getParameterTypes().stream(), Stream.of(unit.getReturnType()));
        Stream<JavaClass> thrown = unit.getExceptionTypes().stream();
        return Stream.concat(types.flatMap(type -> type.getAllInvolvedRawTypes().stream()), thrown);
    }
}
