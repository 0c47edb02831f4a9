package dev.sotto.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// A package imports only from those below its own.
class RingsTest {
  private static final String ROOT = "dev.sotto.client";

  /// From the inside out; the empty name is the API, the root itself.
  private static final List<String> RINGS =
      List.of(
          "error",
          "memory",
          "http",
          "session",
          "engine",
          "store",
          "verification",
          "encryption",
          "event",
          "",
          "terminal");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  @Test
  void packagesImportOnlyFromThoseBelow() {
    Set<String> wrong = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        JavaClass target = dependency.getTargetClass();
        if (isOurs(target) && ring(target) > ring(type)) {
          wrong.add(type.getName() + " imports " + target.getName());
        }
      }
    }
    assertEquals(Set.of(), wrong);
  }

  @Test
  void eachPackageHasItsPlace() {
    Set<String> unknown = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      if (ring(type) < 0) {
        unknown.add(type.getPackageName());
      }
    }
    assertEquals(Set.of(), unknown);
  }

  @Test
  void nothingButTheApiTalksToTheServer() {
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + ".engine..", ROOT + ".store..", ROOT + ".encryption..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ROOT + ".http..", ROOT + ".session..", "java.net.http..")
        .check(CLASSES);
  }

  @Test
  void onlyTheEngineSeesNativeCode() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".engine..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.lang.foreign..")
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void onlyTheStoreSeesTheDatabase() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".store..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.h2..", "java.sql..")
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void onlyTheTerminalSeesTheCommandLine() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".terminal..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("picocli..", "org.jline..")
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void packagesFormNoCycles() {
    slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(CLASSES);
  }

  private static boolean isOurs(JavaClass type) {
    return inRoot(type.getPackageName());
  }

  private static boolean inRoot(String name) {
    return name.equals(ROOT) || name.startsWith(ROOT + ".");
  }

  private static int ring(JavaClass type) {
    String below = type.getPackageName().substring(ROOT.length()).replaceFirst("^\\.", "");
    return RINGS.indexOf(below.split("\\.")[0]);
  }
}
