package dev.sotto.client;

import dev.sotto.client.encryption.Machine;
import dev.sotto.client.encryption.megolm.ExportedKey;
import dev.sotto.client.encryption.megolm.KeyFile;
import dev.sotto.client.encryption.megolm.KeyFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;

/// Keys of rooms, to files and from files.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#key-exports
final class KeyFiles {
  /// Some 200,000 keys, all of which are in memory for a while.
  private static final long LIMIT_BYTES = 128L << 20;

  /// How many are taken up in one step: others may use the machine in between.
  private static final int STEP = 500;

  private final Machine machine;
  private final SecureRandom random;
  private final Runnable news;

  /// @param news has what follows from keys that arrived told
  KeyFiles(Machine machine, SecureRandom random, Runnable news) {
    this.machine = machine;
    this.random = random;
    this.news = news;
  }

  /// Writes all keys to a file that appears when it is whole.
  int write(Path file, String passphrase) throws IOException {
    List<ExportedKey> keys = machine.exportKeys();
    char[] typed = passphrase.toCharArray();
    try {
      keep(file, KeyFile.write(keys, typed, random));
      return keys.size();
    } finally {
      Arrays.fill(typed, '\0');
      keys.forEach(key -> key.key().close());
    }
  }

  private static void keep(Path file, String text) throws IOException {
    Path target = file.toAbsolutePath();
    // Temporary files are for their owner only.
    Path written = Files.createTempFile(target.getParent(), ".", ".part");
    try {
      try (FileChannel out = FileChannel.open(written, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        out.force(true);
      }
      Files.move(
          written, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(written);
    }
  }

  /// Takes the keys of a file up.
  int read(Path file, String passphrase) throws IOException {
    if (Files.size(file) > LIMIT_BYTES) {
      throw new IllegalArgumentException("The file is larger than files of keys are.");
    }
    // Each byte stands for itself, so that what is no such file is found out by its reader.
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    char[] typed = passphrase.toCharArray();
    try {
      return take(KeyFile.read(text, typed));
    } catch (KeyFileException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    } finally {
      Arrays.fill(typed, '\0');
    }
  }

  private int take(List<ExportedKey> keys) {
    try {
      int better = 0;
      for (int from = 0; from < keys.size(); from += STEP) {
        better += machine.importKeys(keys.subList(from, Math.min(keys.size(), from + STEP)));
        news.run();
      }
      return better;
    } finally {
      keys.forEach(key -> key.key().close());
    }
  }
}
