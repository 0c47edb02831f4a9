package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Only one class builds requests that carry what people say.
class OneWayOutTest {
  private static final Path SOURCES = Path.of("src/main/java/dev/sotto/client");

  /// Templates of the paths by which messages, state, files and reasons leave, as they stand in
  /// code.
  private static final Pattern WAYS_OUT =
      Pattern.compile(
          "\"[^\"\n]*(/send/\\{|/state/\\{|/redact/\\{|/v3/upload|/\\{}/(invite|kick|ban)\\b)");

  @Test
  void onlyTheOutletSendsToRooms() throws IOException {
    Set<String> found = new TreeSet<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        if (WAYS_OUT.matcher(Files.readString(file)).find()) {
          found.add(String.valueOf(file.getFileName()));
        }
      }
    }
    // The demo plays a server that repeats and alters what was sent.
    assertEquals(Set.of("Outlet.java", "ServerView.java"), found);
  }
}
