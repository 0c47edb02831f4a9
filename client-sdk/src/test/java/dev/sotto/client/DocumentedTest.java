package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/// Whatever programs can reach says what it is.
class DocumentedTest {
  private static final Path SOURCES = Path.of("src", "main", "java");

  @Test
  void whatIsExportedIsDocumented() throws IOException {
    assertEquals(Set.of(), undocumented(exported()));
  }

  /// The sources of the packages that are exported to everybody.
  private static List<Path> exported() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String exported : ModuleTest.exported()) {
      Path home = SOURCES.resolve(exported.replace('.', '/'));
      try (Stream<Path> files = Files.list(home)) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
      }
    }
    return sources;
  }

  private static Set<String> undocumented(List<Path> sources) throws IOException {
    assertFalse(sources.isEmpty());
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, files, null, null, null, files.getJavaFileObjectsFromPaths(sources));
      Undocumented found = new Undocumented(DocTrees.instance(task));
      for (CompilationUnitTree unit : task.parse()) {
        found.scan(unit, null);
      }
      return found.names;
    }
  }

  /// Gathers what is public and has no comment. What overrides something has that one's.
  private static final class Undocumented extends TreePathScanner<Void, Void> {
    final Set<String> names = new TreeSet<>();
    private final DocTrees docs;

    Undocumented(DocTrees docs) {
      this.docs = docs;
    }

    @Override
    public Void visitClass(ClassTree type, Void nothing) {
      if (!isPublic(type.getModifiers())) {
        return null;
      }
      check(type.getSimpleName());
      return super.visitClass(type, null);
    }

    @Override
    public Void visitMethod(MethodTree method, Void nothing) {
      // A record says of its members what its constructor takes.
      boolean ofRecord = method.getReturnType() == null && owner().getKind() == Tree.Kind.RECORD;
      boolean overrides =
          method.getModifiers().getAnnotations().stream()
              .anyMatch(one -> one.getAnnotationType().toString().equals("Override"));
      if (isPublic(method.getModifiers()) && !ofRecord && !overrides) {
        check(method.getName());
      }
      return null;
    }

    @Override
    public Void visitVariable(VariableTree field, Void nothing) {
      if (isPublic(field.getModifiers())) {
        check(field.getName());
      }
      return null;
    }

    private ClassTree owner() {
      return (ClassTree) getCurrentPath().getParentPath().getLeaf();
    }

    /// Whether it is seen from outside, given that the type it stands in is.
    private boolean isPublic(ModifiersTree modifiers) {
      TreePath outer = getCurrentPath().getParentPath();
      boolean inInterface = outer.getLeaf().getKind() == Tree.Kind.INTERFACE;
      return modifiers.getFlags().contains(Modifier.PUBLIC)
          || (inInterface && !modifiers.getFlags().contains(Modifier.PRIVATE));
    }

    /// A comment may not be of tags alone.
    private void check(CharSequence name) {
      String comment = docs.getDocComment(getCurrentPath());
      if (comment == null || comment.isBlank() || comment.stripLeading().startsWith("@")) {
        CompilationUnitTree unit = getCurrentPath().getCompilationUnit();
        long at = docs.getSourcePositions().getStartPosition(unit, getCurrentPath().getLeaf());
        String file = Path.of(unit.getSourceFile().getName()).getFileName().toString();
        names.add(file + ":" + unit.getLineMap().getLineNumber(at) + " " + name);
      }
    }
  }
}
