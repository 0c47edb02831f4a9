package dev.sotto.client.terminal.chat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where the session and the keys of a user are kept: one file for each, in a folder of its own
/// that nobody else may enter.
///
/// @param store the file
/// @param key what it is sealed with, unless that is a passphrase
public record Place(Path store, Path key) {
  private static final String FOLDER = "rwx------";

  /// The place for a user: below `XDG_DATA_HOME`, or else `~/.local/share`.
  ///
  /// @param user a full id, or the part before the colon
  /// @param server its address or name; tells apart those who are called the same elsewhere
  static Place of(Map<String, String> environment, String user, String server) {
    @Nullable String data = environment.get("XDG_DATA_HOME");
    // The XDG specification has relative paths ignored.
    Path base =
        data != null && Path.of(data).isAbsolute()
            ? Path.of(data)
            : home(environment).resolve(".local/share");
    String name = user.startsWith("@") ? user.substring(1) : user;
    if (!name.contains(":")) {
      name += ":" + server.replaceFirst("^[a-zA-Z]+://", "").replaceFirst("/+$", "");
    }
    return at(base.resolve("sotto").resolve(fileName(name.replaceFirst(":", "@")) + ".db"));
  }

  /// What `~` stands for. Java's own idea of it does not hear of `HOME`, as all other programs do.
  static Path home(Map<String, String> environment) {
    @Nullable String home = environment.get("HOME");
    return Path.of(
        home != null && Path.of(home).isAbsolute() ? home : System.getProperty("user.home"));
  }

  /// A place that the user has chosen.
  static Place at(Path store) {
    Path file = store.toAbsolutePath();
    return new Place(file, file.resolveSibling(file.getFileName() + ".key"));
  }

  private static String fileName(String name) {
    StringBuilder safe = new StringBuilder();
    for (char c : name.toLowerCase(Locale.ROOT).toCharArray()) {
      boolean plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || "._-@".indexOf(c) >= 0;
      safe.append(plain ? c : '_');
    }
    return safe.toString();
  }

  /// Whether there is something already.
  boolean isUsed() {
    return Files.exists(store);
  }

  /// Whether what is there is sealed with a passphrase.
  boolean hasPassphrase() {
    return isUsed() && Files.notExists(key);
  }

  /// Makes the folder, for its owner only.
  void prepare() throws IOException {
    Path folder = store.getParent();
    if (folder != null && Files.notExists(folder)) {
      Files.createDirectories(folder);
      if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(FOLDER));
      }
    }
  }
}
