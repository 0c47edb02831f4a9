package dev.sotto.client.terminal.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where sessions and keys are kept.
class PlaceTest {
  private static final Map<String, String> HOME = Map.of("HOME", "/home/ada");

  @TempDir Path folder;

  private static Path store(Map<String, String> environment, String user, String server) {
    return Place.of(environment, user, server).store();
  }

  @Test
  void eachUserOfEachServerHasAnother() {
    assertEquals(
        Path.of("/home/ada/.local/share/sotto/ada@example.org.db"),
        store(HOME, "@ada:example.org", "https://matrix.example.org"));
    assertEquals(
        Path.of("/home/ada/.local/share/sotto/ada@localhost_8008.db"),
        store(HOME, "ada", "http://localhost:8008/"));
    assertEquals(
        Path.of("/home/ada/.local/share/sotto/.._x@example.org.db"),
        store(HOME, "../x", "example.org"));
  }

  @Test
  void xdgFolderIsHonouredIfItIsAbsolute() {
    assertEquals(
        Path.of("/data/sotto/ada@example.org.db"),
        store(Map.of("XDG_DATA_HOME", "/data"), "ada", "example.org"));
    assertEquals(
        Path.of("/home/ada/.local/share/sotto/ada@example.org.db"),
        store(Map.of("XDG_DATA_HOME", "data", "HOME", "/home/ada"), "ada", "example.org"));
  }

  @Test
  void homeIsWhatTheShellTakesForIt() {
    assertEquals(Path.of("/home/ada"), Place.home(HOME));
    Path own = Path.of(System.getProperty("user.home"));
    assertEquals(own, Place.home(Map.of()));
    assertEquals(own, Place.home(Map.of("HOME", "ada")));
  }

  @Test
  void nobodyElseMayReadIt() throws IOException {
    assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"));
    Place place = Place.at(folder.resolve("keys/ada.db"));
    assertFalse(place.isUsed());
    place.prepare();
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("keys"))));
  }
}
