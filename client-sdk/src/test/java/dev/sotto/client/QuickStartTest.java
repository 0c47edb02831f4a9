package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `docs/sdk.md` shows is there.
class QuickStartTest {
  private static final Path DOCUMENT = Path.of("../docs/sdk.md");
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern FIRST_COLUMN =
      Pattern.compile("^\\| (`.*?) \\| ", Pattern.MULTILINE);
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern WORD = Pattern.compile("\\b[A-Za-z]{3,}\\b");

  @TempDir private Path folder;

  @Test
  void botCompilesAgainstWhatTheModuleExports() throws IOException {
    String bot =
        JAVA.matcher(Files.readString(DOCUMENT))
            .results()
            .map(block -> block.group(1))
            .filter(code -> code.contains("public class Bot"))
            .findFirst()
            .orElseThrow();
    Path source = Files.writeString(folder.resolve("Bot.java"), bot);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter said = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      boolean compiled =
          compiler
              .getTask(
                  said,
                  files,
                  null,
                  List.of(
                      "--module-path", modules(),
                      "--add-modules", "dev.sotto.client",
                      "-d", folder.toString()),
                  null,
                  files.getJavaFileObjects(source))
              .call();
      assertTrue(compiled, said::toString);
    }
    assertTrue(Files.exists(folder.resolve("org/example/Bot.class")));
  }

  private static String modules() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(place -> !place.endsWith("test-classes"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  @Test
  void tableNamesWhatThereIs() throws IOException {
    Set<String> there = new HashSet<>(Set.of("client", "room", "file", "class"));
    Set<String> seen = ModuleTest.exported();
    for (JavaClass type :
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(MatrixClient.class.getPackageName())) {
      if (seen.contains(type.getPackageName())
          && type.getModifiers().contains(JavaModifier.PUBLIC)) {
        there.add(type.getSimpleName());
        type.getMethods().stream()
            .filter(method -> method.getModifiers().contains(JavaModifier.PUBLIC))
            .forEach(method -> there.add(method.getName()));
      }
    }
    Set<String> named =
        FIRST_COLUMN
            .matcher(Files.readString(DOCUMENT))
            .results()
            .flatMap(row -> CODE.matcher(row.group(1)).results())
            .map(code -> withoutArguments(code.group(1)))
            .flatMap(code -> WORD.matcher(code).results())
            .map(MatchResult::group)
            .collect(Collectors.toCollection(TreeSet::new));
    assertTrue(named.contains("sendHtml"), named::toString);
    named.removeAll(there);
    assertEquals(Set.of(), named);
  }

  private static String withoutArguments(String code) {
    String shorter = code.replaceAll("\\([^()]*\\)", " ");
    return shorter.equals(code) ? code : withoutArguments(shorter);
  }
}
