package dev.sotto.homeserver.app;

import dev.sotto.homeserver.db.Folders;
import dev.sotto.protocol.crypto.SigningKey;
import dev.sotto.protocol.crypto.UnpaddedBase64;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.ServerName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Set;

/// The folder that holds all a server knows; it is one process's, and belongs to one server name.
///
/// ```
/// server-name   the name that its user ids carry
/// signing.key   the key that signs its events: algorithm, version, seed in unpadded base64
/// lock          locked while a server runs
/// media         uploaded files
/// sotto.mv.db   the database
/// ```
final class DataFolder implements AutoCloseable {
  private static final String SIGNING_KEY = "signing.key";

  private final FileChannel lock;
  private final SigningKey signingKey;

  private DataFolder(FileChannel lock, SigningKey signingKey) {
    this.lock = lock;
    this.signingKey = signingKey;
  }

  /// Makes the folder if it is not there, locks it, and checks whose it is.
  static DataFolder open(Path folder, ServerName serverName, SecureRandom random)
      throws StartException {
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
      try {
        claim(folder, serverName);
        return new DataFolder(channel, signingKey(folder.resolve(SIGNING_KEY), random));
      } catch (StartException | IOException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new StartException(
          "The data folder " + folder.toAbsolutePath() + " cannot be used: " + e.getMessage());
    }
  }

  /// The key that is there, or a new one.
  private static SigningKey signingKey(Path file, SecureRandom random)
      throws IOException, StartException {
    if (!Files.exists(file)) {
      SigningKey key = SigningKey.generate(random);
      keep(file, key.keyId().replace(':', ' ') + " " + UnpaddedBase64.encode(key.seed()) + "\n");
      return key;
    }
    String[] words = Files.readString(file).strip().split(" ");
    try {
      return SigningKey.of(words[0] + ":" + words[1], UnpaddedBase64.decode(words[2]));
    } catch (IllegalArgumentException | MatrixException | ArrayIndexOutOfBoundsException e) {
      throw new StartException(
          "The signing key " + file.toAbsolutePath() + " is damaged; restore it from a backup.");
    }
  }

  /// Writes a file, for the owner alone. A crash leaves all of it or nothing: the server would not
  /// start with half of it.
  private static void keep(Path file, String text) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(draft);
    FileAttribute<?>[] attributes =
        isPosix()
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    try (FileChannel channel =
        FileChannel.open(
            draft, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    Folders.force(Folders.of(file));
  }

  private static boolean isPosix() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  }

  private static void create(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    if (isPosix()) {
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

  /// Writes the server's name into a new folder, and refuses another's.
  private static void claim(Path folder, ServerName serverName) throws IOException, StartException {
    Path file = folder.resolve("server-name");
    if (!Files.exists(file)) {
      keep(file, serverName.value() + "\n");
      return;
    }
    String owner = Files.readString(file).strip();
    if (!owner.equals(serverName.value())) {
      throw new StartException(
          "The data folder "
              + folder.toAbsolutePath()
              + " belongs to the server name '"
              + owner
              + "', and server.name is '"
              + serverName
              + "'. A server's name cannot change, because its users' ids carry it.");
    }
  }

  /// The key that signs this server's events.
  SigningKey signingKey() {
    return signingKey;
  }

  @Override
  public void close() {
    signingKey.close();
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
