package dev.sotto.homeserver;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// A package imports only from the rings below its own; `ARCHITECTURE.md` draws them.
class RingsTest {
  private static final String ROOT = "dev.sotto.homeserver";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  /// From the inside out.
  private enum Ring {
    GROUND,
    SERVICES,
    SYNC,
    API,
    APP
  }

  /// What is named nowhere here is a service.
  private static final Map<String, Ring> RINGS =
      Map.of(
          "db", Ring.GROUND,
          "journal", Ring.GROUND,
          "names", Ring.GROUND,
          "sync", Ring.SYNC,
          "api", Ring.API,
          "app", Ring.APP);

  private static Ring ring(JavaClass type) {
    return RINGS.getOrDefault(concept(type), Ring.SERVICES);
  }

  /// The first part of a package's name behind the root, such as `rooms`.
  private static String concept(JavaClass type) {
    return type.getPackageName().substring(ROOT.length()).replaceFirst("^\\.", "").split("\\.")[0];
  }

  private static boolean isOurs(JavaClass type) {
    return type.getPackageName().startsWith(ROOT);
  }

  @Test
  void packagesImportOnlyFromRingsBelow() {
    Set<String> wrong = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        JavaClass target = dependency.getTargetClass();
        if (isOurs(target)
            && !concept(target).equals("http")
            && ring(target).compareTo(ring(type)) > 0) {
          wrong.add(type.getName() + " imports " + target.getName());
        }
      }
    }
    assertEquals(Set.of(), wrong);
  }

  @Test
  void onlyTheApiAndTheAppSeeHttp() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + ".api..", ROOT + ".app..", ROOT + ".http..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + ".http..")
        .check(CLASSES);
  }

  @Test
  void httpKnowsNothingOfTheServer() {
    classes()
        .that()
        .resideInAPackage(ROOT + ".http..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            ROOT + ".http..",
            "dev.sotto.protocol..",
            "java..",
            "tools.jackson..",
            "com.fasterxml.jackson.annotation..",
            "com.github.benmanes.caffeine..",
            "io.helidon..",
            "org.jspecify..",
            "org.slf4j..")
        .check(CLASSES);
  }

  @Test
  void onlyHttpAndTheAppSeeHelidon() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + ".http..", ROOT + ".app..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.helidon..")
        .check(CLASSES);
  }

  @Test
  void onlyTheDatabasePackageSeesPoolMigrationsAndDriver() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".db..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.h2..", "com.zaxxer..", "org.flywaydb..")
        .check(CLASSES);
  }

  @Test
  void onlyTheAppSeesTheCommandLineAndYaml() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".app..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("picocli..", "org.snakeyaml..")
        .check(CLASSES);
  }

  @Test
  void storesStayInsideTheirPackage() {
    classes()
        .that()
        .haveSimpleNameEndingWith("Store")
        .should()
        .bePackagePrivate()
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void endpointsStandInTheApi() {
    classes()
        .that()
        .haveSimpleNameEndingWith("Endpoints")
        .should()
        .resideInAPackage(ROOT + ".api..")
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void packagesFormNoCycles() {
    slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(CLASSES);
  }
}
