package dev.sotto.homeserver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The house rules, for every file of the project.
class TidyTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Set<String> NOT_OURS =
      Set.of(".git", ".idea", ".mvn", ".vscode", "data", "node_modules", "target");

  private static final int MAX_LINES = 600;
  private static final int MAX_COLUMNS = 100;

  private static final Pattern VAGUE_NAME =
      Pattern.compile("(?<!Account)(Impl|Manager|Utils?|Helpers?|Base|Data|Info)\\.java$");
  // Each is written in two parts, so that this file holds none of them.
  private static final Pattern LEFT_OVER =
      Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X|HA" + "CK)\\b");
  private static final Pattern DISABLED =
      Pattern.compile("@Dis" + "abled|@Ign" + "ore\\b|(it|test|describe)\\.(skip|only)\\(");
  private static final Pattern SLEEP = Pattern.compile("Thread\\.sl" + "eep|\\.sle" + "ep\\(");
  private static final Pattern BLOCK_JAVADOC = Pattern.compile("^\\s*/\\*" + "\\*");
  private static final Pattern PUBLIC_TYPE =
      Pattern.compile(
          "^public (final |abstract |sealed |non-sealed )*(class|record|interface|enum|@interface)"
              + " .*");

  @Test
  void javaFilesAreShort() {
    check(java(), file -> lines(file).size() > MAX_LINES);
  }

  @Test
  void javaLinesAreShort() {
    List<String> wrong = new ArrayList<>();
    for (Path file : java()) {
      boolean textBlock = false;
      for (String line : lines(file)) {
        boolean fixed = textBlock || line.startsWith("import ") || line.contains("://");
        if (line.length() > MAX_COLUMNS && !fixed) {
          wrong.add(ROOT.relativize(file) + ": " + line.strip());
        }
        textBlock ^= (line.length() - line.replace("\"\"\"", "").length()) % 6 == 3;
      }
    }
    assertEquals(List.of(), wrong);
  }

  @Test
  void nothingIsLeftForLater() {
    check(text(), file -> holds(file, LEFT_OVER));
  }

  @Test
  void noTestIsSwitchedOff() {
    check(tests(), file -> holds(file, DISABLED));
  }

  @Test
  void noTestSleeps() {
    check(tests(), file -> holds(file, SLEEP));
  }

  @Test
  void javadocIsMarkdown() {
    check(java(), file -> holds(file, BLOCK_JAVADOC));
  }

  @Test
  void namesSayWhatTheThingIs() {
    check(java(), file -> VAGUE_NAME.matcher(file.getFileName().toString()).find());
  }

  @Test
  void packagesSayWhatTheyAreAndRefuseNull() {
    Set<Path> packages =
        main().stream()
            .filter(file -> !file.endsWith("module-info.java"))
            .map(Path::getParent)
            .collect(Collectors.toCollection(TreeSet::new));
    check(
        packages.stream().map(folder -> folder.resolve("package-info.java")).toList(),
        file ->
            !Files.exists(file)
                || !content(file).startsWith("///")
                || !content(file).contains("@NullMarked"));
  }

  @Test
  void publicTypesSayWhatTheyAre() {
    check(main(), TidyTest::hasUndocumentedPublicType);
  }

  private static boolean hasUndocumentedPublicType(Path file) {
    List<String> lines = lines(file);
    for (int i = 0; i < lines.size(); i++) {
      if (PUBLIC_TYPE.matcher(lines.get(i)).matches()) {
        int before = i - 1;
        while (before >= 0 && isAnnotation(lines.get(before))) {
          before--;
        }
        if (before < 0 || !lines.get(before).startsWith("///")) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isAnnotation(String line) {
    return line.startsWith("@") || line.startsWith("    ") || line.startsWith(")");
  }

  @Test
  void lockFilesNameNoRegistry() {
    check(
        files(file -> file.endsWith("package-lock.json")),
        file -> content(file).contains("\"resolved\""));
  }

  @Test
  void buildNamesNoRepositoryAndNoMockingLibrary() {
    check(
        files(file -> file.endsWith("pom.xml")),
        file ->
            holds(file, Pattern.compile("<repositor|<pluginRepositor|mockito|easymock|jmockit")));
  }

  @Test
  void scriptsStartWithTheirInterpreterAndCanBeRun() {
    List<Path> scripts = List.of(ROOT.resolve("sotto"), ROOT.resolve(".ci/run"));
    check(scripts, file -> !content(file).startsWith("#!/") || !Files.isExecutable(file));
  }

  /// Fails with the names of the files for which the rule is broken.
  private static void check(List<Path> files, Predicate<Path> broken) {
    List<String> wrong =
        files.stream().filter(broken).map(file -> ROOT.relativize(file).toString()).toList();
    assertEquals(List.of(), wrong);
  }

  private static List<Path> java() {
    return files(file -> file.toString().endsWith(".java"));
  }

  private static List<Path> main() {
    return files(
        file -> file.toString().endsWith(".java") && file.toString().contains("/src/main/java/"));
  }

  private static List<Path> tests() {
    Pattern test = Pattern.compile("/src/test/.*\\.java$|/spec-tests/.*\\.(java|js|mjs|ts)$");
    return files(file -> test.matcher(file.toString()).find());
  }

  private static List<Path> text() {
    Pattern text = Pattern.compile("\\.(java|js|mjs|md|sql|xml|ya?ml|sh)$|/sotto$|/\\.ci/run$");
    return files(file -> text.matcher(file.toString()).find());
  }

  private static List<Path> files(Predicate<Path> wanted) {
    List<Path> files = new ArrayList<>();
    try {
      Files.walkFileTree(
          ROOT,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              return NOT_OURS.contains(String.valueOf(folder.getFileName()))
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (wanted.test(file)) {
                files.add(file);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    files.sort(Comparator.naturalOrder());
    return files;
  }

  private static boolean holds(Path file, Pattern pattern) {
    return lines(file).stream().anyMatch(line -> pattern.matcher(line).find());
  }

  private static List<String> lines(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String content(Path file) {
    return String.join("\n", lines(file));
  }
}
