package dev.sotto.client.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/// Files that nobody but their owner may read, where the file system knows of owners.
final class OwnerOnly {
  private OwnerOnly() {}

  /// Makes an empty file.
  ///
  /// @throws FileAlreadyExistsException if there is one
  static void create(Path file) throws IOException {
    Files.createFile(file, rights(file));
  }

  /// Makes a file that, wherever a crash comes, is there with all of its content or not at all.
  ///
  /// @throws FileAlreadyExistsException if there is one
  static void create(Path file, byte[] content) throws IOException {
    Path whole = file.toAbsolutePath();
    Path begun =
        Files.createTempFile(whole.getParent(), whole.getFileName() + ".", ".new", rights(file));
    try {
      Files.write(begun, content, StandardOpenOption.SYNC);
      giveName(begun, whole);
    } finally {
      Files.deleteIfExists(begun);
    }
    forceFolder(whole);
  }

  /// A second name, unlike a new one, never takes the place of what another process has made
  /// meanwhile; not all file systems have it.
  private static void giveName(Path begun, Path whole) throws IOException {
    try {
      Files.createLink(whole, begun);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException noLinks) {
      rename(begun, whole, noLinks);
    }
  }

  private static void rename(Path begun, Path whole, Exception noLinks) throws IOException {
    try {
      Files.move(begun, whole);
    } catch (IOException e) {
      e.addSuppressed(noLinks);
      throw e;
    }
  }

  /// Forces a file's name to the disk.
  static void forceFolder(Path file) throws IOException {
    if (isPosix(file)) {
      Path folder = file.toAbsolutePath().getParent();
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  private static FileAttribute<?>[] rights(Path file) {
    return isPosix(file)
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  private static boolean isPosix(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
