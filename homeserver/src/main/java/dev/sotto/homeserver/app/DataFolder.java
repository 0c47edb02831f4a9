package dev.sotto.homeserver.app;

import dev.sotto.protocol.id.ServerName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/// The folder that holds all a server knows; it is one process's, and belongs to one server name.
///
/// ```
/// server-name   the name that its user ids carry
/// lock          locked while a server runs
/// media         uploaded files
/// sotto.mv.db   the database
/// ```
final class DataFolder implements AutoCloseable {
  private final FileChannel lock;

  private DataFolder(FileChannel lock) {
    this.lock = lock;
  }

  /// Makes the folder if it is not there, locks it, and checks whose it is.
  static DataFolder open(Path folder, ServerName serverName) throws StartException {
    try {
      create(folder);
      FileChannel channel =
          FileChannel.open(
              folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!lock(channel)) {
        channel.close();
        throw new StartException(
            "Another server is running on the data folder " + folder.toAbsolutePath() + ".");
      }
      String wrong = claim(folder, serverName);
      if (wrong != null) {
        channel.close();
        throw new StartException(wrong);
      }
      return new DataFolder(channel);
    } catch (IOException e) {
      throw new StartException(
          "The data folder " + folder.toAbsolutePath() + " cannot be used: " + e.getMessage());
    }
  }

  private static void create(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } else {
      Files.createDirectories(folder);
    }
  }

  private static boolean lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  /// Writes the server's name into a new folder; says what is wrong if an old one has another.
  private static @Nullable String claim(Path folder, ServerName serverName) throws IOException {
    Path file = folder.resolve("server-name");
    if (!Files.exists(file)) {
      Files.writeString(file, serverName.value() + "\n");
      return null;
    }
    String owner = Files.readString(file).strip();
    return owner.equals(serverName.value())
        ? null
        : "The data folder "
            + folder.toAbsolutePath()
            + " belongs to the server name '"
            + owner
            + "', and server.name is '"
            + serverName
            + "'. A server's name cannot change, because its users' ids carry it.";
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
