package dev.sotto.client.encryption.attachment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.client.encryption.attachment.AttachmentException.Reason;
import dev.sotto.client.encryption.attachment.Attachments.Encrypted;
import dev.sotto.protocol.json.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class AttachmentsTest {
  private static final int LARGE_BYTES = 3 * (1 << 16) + 17;

  private final Attachments attachments = new Attachments(new SecureRandom());
  private final byte[] large = new byte[LARGE_BYTES];

  @TempDir private Path folder = Path.of("");

  AttachmentsTest() {
    new Random(1).nextBytes(large);
  }

  private static AttachmentException refused(Reason reason, Executable use) {
    AttachmentException e = assertThrows(AttachmentException.class, use);
    assertEquals(reason, e.reason());
    return e;
  }

  /// Known from other clients' tests.
  @Test
  void aFileOfAnotherClientIsDecrypted() throws AttachmentException {
    EncryptedFile file =
        EncryptedFile.of(
            Json.parse(
                """
                {"url": "mxc://example.org/secret", "v": "v2",
                 "key": {"kty": "oct", "alg": "A256CTR", "ext": true,
                         "k": "Voq2nkPme_x8no5-Tjq_laDAdxE6iDbxnlQXxwFPgE4",
                         "key_ops": ["decrypt", "encrypt"]},
                 "iv": "i0DovxYdJEcAAAAAAAAAAA",
                 "hashes": {"sha256": "ANdt819a8bZl4jKy3Z+jcqtiNICa2y0AW4BBJ/iQRAU"}}\
                """));
    byte[] ciphertext =
        HexFormat.of().parseHex("b39a767fba7f6e21cb2121864364ad2eeb1bd7ac241a4b2f21a0");
    assertEquals(
        "It's a secret to everybody",
        new String(attachments.decrypt(ciphertext, file.key()), StandardCharsets.UTF_8));
  }

  @Test
  void whatWasEncryptedIsDecryptedWithTheJsonOfTheMessage() throws AttachmentException {
    for (int length : new int[] {0, 1, 15, 16, 17, LARGE_BYTES}) {
      byte[] plaintext = Arrays.copyOf(large, length);
      Encrypted encrypted = attachments.encrypt(plaintext);
      EncryptedFile sent = new EncryptedFile("mxc://example.org/a", encrypted.key());
      EncryptedFile received = EncryptedFile.of(Json.parse(Json.bytes(sent.json())));
      assertEquals(sent, received);
      assertEquals(length, encrypted.ciphertext().length);
      assertArrayEquals(plaintext, attachments.decrypt(encrypted.ciphertext(), received.key()));
    }
  }

  @Test
  void eachFileHasItsOwnKeyAndACounterThatStartsAtZero() {
    Encrypted one = attachments.encrypt(large);
    Encrypted other = attachments.encrypt(large);
    assertFalse(Arrays.equals(one.ciphertext(), other.ciphertext()));
    assertFalse(Arrays.equals(one.key().key(), other.key().key()));
    assertFalse(Arrays.equals(one.key().counter(), other.key().counter()));
    assertArrayEquals(new byte[8], Arrays.copyOfRange(one.key().counter(), 8, 16));
    assertNotEquals(one.key(), other.key());
  }

  @Test
  void aFileIsStreamedInAndOut() throws IOException, AttachmentException {
    Path encrypted = folder.resolve("encrypted");
    AttachmentKey key;
    try (OutputStream out = Files.newOutputStream(encrypted)) {
      key = attachments.encrypt(new Trickle(large), out);
    }
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    attachments.decrypt(encrypted, read, key);
    assertArrayEquals(large, read.toByteArray());
  }

  @Test
  void nothingOfAnAlteredFileIsHandedOut() throws IOException {
    Encrypted encrypted = attachments.encrypt(large);
    byte[] altered = encrypted.ciphertext().clone();
    altered[LARGE_BYTES - 1] ^= 1;
    byte[] cut = Arrays.copyOf(encrypted.ciphertext(), LARGE_BYTES - 1);
    for (byte[] wrong : List.of(altered, cut, new byte[0])) {
      refused(Reason.TAMPERED, () -> attachments.decrypt(wrong, encrypted.key()));

      Path downloaded = Files.write(folder.resolve("downloaded"), wrong);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      refused(Reason.TAMPERED, () -> attachments.decrypt(downloaded, out, encrypted.key()));
      assertEquals(0, out.size());
    }
  }

  @Test
  void theKeyIsNotPrinted() {
    EncryptedFile file = new EncryptedFile("mxc://a/b", attachments.encrypt(large).key());
    assertEquals("EncryptedFile[url=mxc://a/b, key=AttachmentKey]", file.toString());
  }

  /// Hands out a few bytes at a time, as a network does.
  private static final class Trickle extends InputStream {
    private final ByteArrayInputStream all;

    Trickle(byte[] all) {
      this.all = new ByteArrayInputStream(all);
    }

    @Override
    public int read() {
      return all.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      return all.read(bytes, offset, Math.min(length, 1000));
    }
  }
}
