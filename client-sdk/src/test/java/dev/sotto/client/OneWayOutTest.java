package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Only one class builds requests that carry what people say.
class OneWayOutTest {
  private static final Path SOURCES = Path.of("src/main/java/dev/sotto/client");

  /// What takes no text along, and the demonstration, which plays a server that repeats and alters
  /// what was sent.
  private static final Set<String> HARMLESS =
      Set.of("Room /receipt/m.read/{}", "Room /typing/{}", "terminal/demo/ServerView /send/{}/{}");

  private static final Set<String> OUTLET =
      Set.of(
          "Outlet /send/{}/{}",
          "Outlet /redact/{}/{}",
          "Outlet /state/{}/{}",
          // A membership with its reason.
          "Outlet /{}",
          "Outlet /_matrix/media/v3/upload");

  /// The constant that holds the path of a room, which others are put together with.
  private static final Pattern ROOM = Pattern.compile("\\bROOM\\s*\\+\\s*\"");

  private static final String ROOM_PATH = "/_matrix/client/v3/rooms/{}";
  private static final String ROOM_CONSTANT = "String ROOM = \"" + ROOM_PATH + "\"";

  /// Paths into rooms and of files as they stand in code, with the method if it stands before them.
  private static final Pattern WAY =
      Pattern.compile(
          "(?:Request\\s*\\.\\s*(\\w+)\\(\\s*)?\"([^\"\n ]*(?:/rooms\\b|/media/)[^\"\n ]*)\"");

  @Test
  void onlyTheOutletSendsToRooms() throws IOException {
    Set<String> expected = new TreeSet<>(HARMLESS);
    expected.addAll(OUTLET);
    Set<String> found = new TreeSet<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        String name = SOURCES.relativize(file).toString().replace(".java", "");
        for (String way : ways(Files.readString(file))) {
          found.add(name + " " + way);
        }
      }
    }
    assertEquals(expected, found);
  }

  /// All paths that are not just read.
  private static Set<String> ways(String source) {
    String code =
        source
            .lines()
            .filter(line -> !line.strip().startsWith("//"))
            .filter(line -> !line.contains(ROOM_CONSTANT))
            .collect(Collectors.joining("\n"));
    Set<String> ways = new TreeSet<>();
    Matcher way =
        WAY.matcher(ROOM.matcher(code).replaceAll("\"" + Matcher.quoteReplacement(ROOM_PATH)));
    while (way.find()) {
      if (!"get".equals(way.group(1))) {
        ways.add(way.group(2).replace(ROOM_PATH, ""));
      }
    }
    return ways;
  }
}
