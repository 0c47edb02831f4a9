package dev.sotto.homeserver.media;

import dev.sotto.homeserver.db.Folders;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The files on disk. Their names are random and the server's own; nothing that a client says
/// becomes part of a path.
final class MediaFolder {
  private static final Logger log = LoggerFactory.getLogger(MediaFolder.class);
  private static final int BUFFER_BYTES = 64 * 1024;

  private final Path incoming;
  private final Path content;
  private final Path thumbnails;

  /// Makes the folder if it is not there, and deletes what a crash left half-written.
  MediaFolder(Path folder) {
    incoming = folder.resolve("incoming");
    content = folder.resolve("content");
    thumbnails = folder.resolve("thumbnails");
    try {
      Files.createDirectories(incoming);
      Files.createDirectories(content);
      Files.createDirectories(thumbnails);
      sweep();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void sweep() throws IOException {
    try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(incoming)) {
      for (Path leftover : leftovers) {
        Files.delete(leftover);
      }
    }
  }

  /// Writes all that comes in to a file that is not kept yet, and forces it to disk.
  ///
  /// @param name the file's random name
  /// @throws dev.sotto.protocol.error.MatrixException if the stream breaks off or is too long
  Incoming receive(String name, Upload upload) throws IOException {
    Incoming received = new Incoming(incoming.resolve(name), name);
    try {
      received.sizeBytes = write(received.path, upload);
      return received;
    } catch (Throwable e) {
      received.close();
      throw e;
    }
  }

  private static long write(Path path, Upload upload) throws IOException {
    long size = 0;
    byte[] buffer = new byte[BUFFER_BYTES];
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      int n;
      while ((n = read(upload.bytes(), buffer)) >= 0) {
        ByteBuffer chunk = ByteBuffer.wrap(buffer, 0, n);
        while (chunk.hasRemaining()) {
          channel.write(chunk);
        }
        size += n;
      }
      if (upload.declaredBytes() >= 0 && upload.declaredBytes() != size) {
        throw Upload.brokenOff();
      }
      channel.force(true);
    }
    return size;
  }

  /// What the network does is the client's affair, and no failure of ours.
  private static int read(InputStream in, byte[] buffer) {
    try {
      return in.read(buffer);
    } catch (IOException | UncheckedIOException e) {
      log.debug("an upload broke off", e);
      throw Upload.brokenOff();
    }
  }

  /// The bytes of a file from `from` on.
  ///
  /// @throws java.nio.file.NoSuchFileException if somebody took the file away
  InputStream open(String file, long from) throws IOException {
    FileInputStream in = new FileInputStream(shard(content, file).resolve(file).toFile());
    try {
      in.skipNBytes(from);
      return in;
    } catch (Throwable e) {
      in.close();
      throw e;
    }
  }

  Path contentFile(String file) {
    return shard(content, file).resolve(file);
  }

  /// The folder of all that was made of a file.
  Path thumbnailFolder(String file) {
    return shard(thumbnails, file).resolve(file);
  }

  /// Puts a finished thumbnail into its place.
  void keepThumbnail(String temporaryName, byte[] bytes, Path target) throws IOException {
    Path temporary = incoming.resolve(temporaryName);
    Files.createDirectories(Folders.of(target));
    try (FileChannel channel =
        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes));
      // Without it a crash could leave a file that has its name and not its bytes.
      channel.force(true);
    }
    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
  }

  void delete(String file) throws IOException {
    Files.deleteIfExists(contentFile(file));
  }

  /// Two levels of folders, so that none gets too many entries.
  private static Path shard(Path root, String file) {
    return root.resolve(file.substring(0, 2)).resolve(file.substring(2, 4));
  }

  /// Makes a folder and forces its being there to disk.
  private static void createDurably(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    createDurably(Folders.of(folder));
    Files.createDirectories(folder);
    Folders.force(Folders.of(folder));
  }

  /// A file that has come in and is deleted unless it is kept.
  final class Incoming implements AutoCloseable {
    private final Path path;
    private final String name;
    private long sizeBytes;
    private boolean kept;

    private Incoming(Path path, String name) {
      this.path = path;
      this.name = name;
    }

    long sizeBytes() {
      return sizeBytes;
    }

    byte[] head(int length) throws IOException {
      try (InputStream in = Files.newInputStream(path)) {
        return in.readNBytes(length);
      }
    }

    /// Moves it to its place; when this returns it will be there after a crash.
    void keep() throws IOException {
      Path target = contentFile(name);
      createDurably(Folders.of(target));
      Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
      kept = true;
      Folders.force(Folders.of(target));
    }

    @Override
    public void close() throws IOException {
      if (!kept) {
        Files.deleteIfExists(path);
      }
    }
  }
}
