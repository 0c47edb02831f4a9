package dev.sotto.homeserver.db;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// What makes folders outlive a loss of power.
public final class Folders {
  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

  private Folders() {}

  /// Forces a folder's entries to disk, without which a new or renamed file may be gone after a
  /// crash. Elsewhere than on POSIX systems a folder cannot be opened for that.
  public static void force(Path folder) throws IOException {
    if (POSIX) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  /// The folder of a file.
  public static Path of(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IllegalArgumentException("a file needs a folder");
    }
    return folder;
  }
}
