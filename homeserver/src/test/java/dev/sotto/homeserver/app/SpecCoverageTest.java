package dev.sotto.homeserver.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.homeserver.app.settings.SettingsLoader;
import dev.sotto.homeserver.http.Route;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `docs/spec-coverage.md` tells the truth about which operations exist.
class SpecCoverageTest {
  private static final Path OPERATIONS = Path.of("src/test/resources/spec/operations.tsv");
  private static final Path PAGE = Path.of("../docs/spec-coverage.md");
  private static final Pattern ROW =
      Pattern.compile("\\| (\\w+) \\| `(\\S+ \\S+)` \\| (yes|partial|no) \\|(.*)\\|");

  private static final Pattern PROPOSAL = Pattern.compile("\\| MSC\\d+ \\| `(\\S+ \\S+)` \\|");

  private record Coverage(String request, String state, String note) {}

  @TempDir Path data;

  @Test
  void pageListsEveryOperationOfTheSpecification() throws IOException {
    Set<String> page =
        page().entrySet().stream()
            .map(row -> row.getKey() + " is " + row.getValue().request)
            .collect(Collectors.toSet());
    Set<String> operations = operations();
    assertEquals(Set.of(), without(operations, page), "missing in docs/spec-coverage.md");
    assertEquals(Set.of(), without(page, operations), "not in the specification");
  }

  @Test
  void whatIsPartialSaysWhatIsMissing() throws IOException {
    Set<String> silent = new TreeSet<>();
    page()
        .forEach(
            (operation, coverage) -> {
              if (coverage.state.equals("partial") && coverage.note.isBlank()) {
                silent.add(operation);
              }
            });
    assertEquals(Set.of(), silent);
  }

  @Test
  void pageSaysWhatTheServerAnswers() throws Exception {
    Set<String> routes = routes();
    // Two operations may share a request, such as the invitations by user id and by e-mail.
    Set<String> claimed =
        page().values().stream()
            .filter(coverage -> !coverage.state.equals("no"))
            .map(coverage -> shape(coverage.request))
            .collect(Collectors.toSet());
    Set<String> known =
        page().values().stream()
            .map(coverage -> shape(coverage.request))
            .collect(Collectors.toSet());
    routes.retainAll(known);
    assertEquals(Set.of(), without(claimed, routes), "docs/spec-coverage.md says yes; no route");
    assertEquals(Set.of(), without(routes, claimed), "docs/spec-coverage.md says no; a route");
  }

  @Test
  void pageListsWhatIsThereOfProposals() throws Exception {
    Set<String> listed =
        Files.readAllLines(PAGE).stream()
            .map(PROPOSAL::matcher)
            .filter(Matcher::matches)
            .map(row -> shape(row.group(1)))
            .collect(Collectors.toSet());
    // A proposal's requests are under its name, which has dots, such as "org.matrix.msc3814".
    Set<String> routes =
        routes().stream()
            .filter(route -> route.matches(".*/unstable/[^/]*\\..*"))
            .collect(Collectors.toSet());
    assertEquals(new TreeSet<>(routes), new TreeSet<>(listed));
  }

  private static Set<String> without(Set<String> all, Set<String> excepted) {
    Set<String> rest = new TreeSet<>(all);
    rest.removeAll(excepted);
    return rest;
  }

  private static Set<String> operations() throws IOException {
    Set<String> operations = new TreeSet<>();
    for (String line : Files.readAllLines(OPERATIONS)) {
      if (!line.startsWith("#")) {
        String[] fields = line.split("\t", -1);
        operations.add(fields[1] + " is " + fields[2] + " " + fields[3]);
      }
    }
    return operations;
  }

  private static Map<String, Coverage> page() throws IOException {
    Map<String, Coverage> page = new LinkedHashMap<>();
    for (String line : Files.readAllLines(PAGE)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        page.put(row.group(1), new Coverage(row.group(2), row.group(3), row.group(4)));
      }
    }
    return page;
  }

  private Set<String> routes() throws Exception {
    SettingsLoader settings = new SettingsLoader().flags(data.toString(), "0", null);
    try (Homeserver homeserver = new Homeserver(settings.load())) {
      return homeserver.routes().stream()
          .map((Route route) -> shape(route.method() + " " + route.template()))
          .collect(Collectors.toSet());
    }
  }

  /// Methods and paths are the same whatever their parameters are called.
  private static String shape(String request) {
    return request.replaceAll("\\{\\w+}", "{}");
  }
}
