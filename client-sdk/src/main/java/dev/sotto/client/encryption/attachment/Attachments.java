package dev.sotto.client.encryption.attachment;

import dev.sotto.client.encryption.attachment.AttachmentException.Reason;
import dev.sotto.protocol.crypto.Sha256;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Encrypts and decrypts files, of any size with little memory. May be used by several threads.
///
/// An encrypted file is as long as the file itself. AES in counter mode does not notice changes, so
/// nothing of a file is handed out before its hash was found right.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#sending-encrypted-attachments
public final class Attachments {
  private static final int PIECE_BYTES = 1 << 16;
  private static final int RANDOM_COUNTER_BYTES = 8;

  private final SecureRandom random;

  public Attachments(SecureRandom random) {
    this.random = random;
  }

  /// An encrypted file in memory.
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  public record Encrypted(byte[] ciphertext, AttachmentKey key) {}

  /// Encrypts a small file with a new key.
  public Encrypted encrypt(byte[] plaintext) {
    ByteArrayOutputStream ciphertext = new ByteArrayOutputStream(plaintext.length);
    try {
      AttachmentKey key = encrypt(new ByteArrayInputStream(plaintext), ciphertext);
      return new Encrypted(ciphertext.toByteArray(), key);
    } catch (IOException e) {
      throw new UncheckedIOException("memory has no I/O", e);
    }
  }

  /// Encrypts what can be read from `plaintext`, with a new key. Closes neither stream.
  public AttachmentKey encrypt(InputStream plaintext, OutputStream ciphertext) throws IOException {
    byte[] key = new byte[AttachmentKey.KEY_BYTES];
    random.nextBytes(key);
    byte[] start = new byte[RANDOM_COUNTER_BYTES];
    random.nextBytes(start);
    // The counter has the other half to itself, so that no two files can meet in it.
    byte[] counter = Arrays.copyOf(start, AttachmentKey.COUNTER_BYTES);
    Cipher cipher = cipher(Cipher.ENCRYPT_MODE, key, counter);
    MessageDigest hash = Sha256.begin();
    byte[] piece = new byte[PIECE_BYTES];
    for (int read = plaintext.read(piece); read >= 0; read = plaintext.read(piece)) {
      byte[] encrypted = cipher.update(piece, 0, read);
      if (encrypted != null) {
        hash.update(encrypted);
        ciphertext.write(encrypted);
      }
    }
    try {
      return AttachmentKey.of(key, counter, hash.digest());
    } finally {
      Arrays.fill(key, (byte) 0);
      Arrays.fill(piece, (byte) 0);
    }
  }

  /// Decrypts a small file.
  ///
  /// @throws AttachmentException TAMPERED
  public byte[] decrypt(byte[] ciphertext, AttachmentKey key) throws AttachmentException {
    requireHash(key, Sha256.of(ciphertext));
    try {
      return cipher(key).doFinal(ciphertext);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("counter mode takes any length", e);
    }
  }

  /// Decrypts a file that was downloaded, reading it twice: nothing is written to `plaintext`
  /// unless all of it was found right. Does not close the stream.
  ///
  /// @throws AttachmentException TAMPERED; if something was written by then, the file was altered
  ///   between the two times
  public void decrypt(Path ciphertext, OutputStream plaintext, AttachmentKey key)
      throws IOException, AttachmentException {
    try (InputStream in = Files.newInputStream(ciphertext)) {
      copy(in, OutputStream.nullOutputStream(), key);
    }
    try (InputStream in = Files.newInputStream(ciphertext)) {
      copy(in, plaintext, key);
    }
  }

  private static void copy(InputStream in, OutputStream out, AttachmentKey key)
      throws IOException, AttachmentException {
    Cipher cipher = cipher(key);
    MessageDigest hash = Sha256.begin();
    byte[] piece = new byte[PIECE_BYTES];
    for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
      hash.update(piece, 0, read);
      byte[] decrypted = cipher.update(piece, 0, read);
      if (decrypted != null) {
        out.write(decrypted);
      }
    }
    requireHash(key, hash.digest());
  }

  private static void requireHash(AttachmentKey key, byte[] found) throws AttachmentException {
    if (!MessageDigest.isEqual(key.sha256(), found)) {
      throw new AttachmentException(
          Reason.TAMPERED, "The file is not the one that was sent: its hash is another.");
    }
  }

  private static Cipher cipher(AttachmentKey key) {
    byte[] bytes = key.key();
    try {
      return cipher(Cipher.DECRYPT_MODE, bytes, key.counter());
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private static Cipher cipher(int mode, byte[] key, byte[] counter) {
    try {
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
      cipher.init(mode, new SecretKeySpec(key, "AES"), new IvParameterSpec(counter));
      return cipher;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has AES", e);
    }
  }
}
