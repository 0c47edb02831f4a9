package dev.sotto.client.store;

import dev.sotto.client.error.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/// What a [FileStore] is sealed with: a passphrase, or a key from a file. Close it when the store
/// is open.
public final class StoreKey implements AutoCloseable {
  static final int BYTES = 32;
  private static final int MAX_UTF8_BYTES = 3;

  private final byte[] secret;
  private final boolean stretched;

  StoreKey(byte[] secret, boolean stretched) {
    this.secret = secret;
    this.stretched = stretched;
  }

  /// A passphrase; each opening spends a moment and 64 MiB on it, so that guessing is dear.
  ///
  /// @throws IllegalArgumentException if it is empty or no text
  public static StoreKey passphrase(char[] passphrase) {
    if (passphrase.length == 0) {
      throw new IllegalArgumentException("a passphrase must not be empty");
    }
    ByteBuffer utf8 = ByteBuffer.allocate(passphrase.length * MAX_UTF8_BYTES);
    if (StandardCharsets.UTF_8
        .newEncoder()
        .encode(CharBuffer.wrap(passphrase), utf8, true)
        .isError()) {
      throw new IllegalArgumentException("a passphrase must be text");
    }
    byte[] secret = Arrays.copyOf(utf8.array(), utf8.position());
    Arrays.fill(utf8.array(), (byte) 0);
    return new StoreKey(secret, true);
  }

  /// The key in a file of 32 bytes; where there is no such file it is made, for its owner only.
  ///
  /// @throws StoreException if it cannot be read or made, or has another length
  public static StoreKey file(Path file, SecureRandom random) {
    try {
      if (Files.notExists(file)) {
        make(file, random);
      }
      byte[] key = Files.readAllBytes(file);
      if (key.length != BYTES) {
        throw new StoreException(
            StoreException.Reason.WRONG_KEY,
            "The key file " + file + " must have " + BYTES + " bytes.");
      }
      return new StoreKey(key, false);
    } catch (IOException e) {
      throw new StoreException(
          StoreException.Reason.UNUSABLE, "The key file " + file + " cannot be used.", e);
    }
  }

  private static void make(Path file, SecureRandom random) throws IOException {
    byte[] key = new byte[BYTES];
    random.nextBytes(key);
    try {
      OwnerOnly.create(file, key);
    } catch (FileAlreadyExistsException _) {
      // Another process was quicker: its key is the one.
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /// What the seals' keys are derived from; the caller clears it.
  byte[] root(byte[] salt, int memoryKib, int passes) {
    if (!stretched) {
      return secret.clone();
    }
    Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
    argon2.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withSalt(salt)
            .withMemoryAsKB(memoryKib)
            .withIterations(passes)
            .withParallelism(1)
            .build());
    byte[] root = new byte[BYTES];
    argon2.generateBytes(secret, root);
    return root;
  }

  @Override
  public void close() {
    Arrays.fill(secret, (byte) 0);
  }

  @Override
  public String toString() {
    return "StoreKey";
  }
}
