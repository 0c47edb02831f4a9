package dev.sotto.client.engine;

import static dev.sotto.client.engine.OlmPair.assertRefused;
import static dev.sotto.client.engine.OlmPair.bytes;
import static dev.sotto.client.engine.OlmPair.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.sotto.client.engine.EngineException.Reason;
import dev.sotto.protocol.crypto.UnpaddedBase64;
import java.util.Arrays;
import java.util.Random;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.junit.jupiter.api.Test;

class BackupTest {
  @Test
  void whatIsEncryptedWithThePublicKeyIsDecryptedWithThePrivateOne() throws EngineException {
    try (BackupDecryption decryption = BackupDecryption.create();
        BackupEncryption encryption = BackupEncryption.to(decryption.publicKey())) {
      assertEquals("room key", text(decryption.decrypt(encryption.encrypt(bytes("room key")))));
      assertEquals("", text(decryption.decrypt(encryption.encrypt(new byte[0]))));
      assertNotEquals(encryption.encrypt(bytes("same")), encryption.encrypt(bytes("same")));
    }
  }

  @Test
  void theStoredPrivateKeyDecryptsToo() throws EngineException {
    try (BackupDecryption decryption = BackupDecryption.create();
        BackupEncryption encryption = BackupEncryption.to(decryption.publicKey());
        BackupKey key = BackupKey.of(decryption.key().bytes());
        BackupDecryption again = BackupDecryption.with(key)) {
      assertEquals(decryption.key(), again.key());
      assertEquals(decryption.publicKey(), again.publicKey());
      assertEquals("room key", text(again.decrypt(encryption.encrypt(bytes("room key")))));
    }
  }

  @Test
  void thePublicKeyFollowsFromThePrivateOne() {
    byte[] secret = new byte[BackupKey.BYTES];
    new Random(1).nextBytes(secret);
    byte[] expected = new byte[Curve25519Key.BYTES];
    X25519.scalarMultBase(secret, 0, expected, 0);
    try (BackupKey key = BackupKey.of(secret);
        BackupDecryption decryption = BackupDecryption.with(key)) {
      assertEquals(UnpaddedBase64.encode(expected), decryption.publicKey().base64());
    }
  }

  @Test
  void anotherKeyDecryptsNothing() {
    try (BackupDecryption decryption = BackupDecryption.create();
        BackupDecryption other = BackupDecryption.create();
        BackupEncryption encryption = BackupEncryption.to(decryption.publicKey())) {
      BackupMessage message = encryption.encrypt(bytes("room key"));
      assertRefused(Reason.WRONG_KEY, () -> other.decrypt(message));
    }
  }

  @Test
  void aShortenedCodeIsRefused() {
    try (BackupDecryption decryption = BackupDecryption.create();
        BackupEncryption encryption = BackupEncryption.to(decryption.publicKey())) {
      BackupMessage message = encryption.encrypt(bytes("room key"));
      for (int length : new int[] {0, 1, 7}) {
        byte[] mac = Arrays.copyOf(message.mac(), length);
        assertRefused(
            Reason.DAMAGED,
            () ->
                decryption.decrypt(
                    new BackupMessage(message.ciphertext(), mac, message.ephemeral())));
      }
      assertRefused(
          Reason.DAMAGED,
          () ->
              decryption.decrypt(
                  new BackupMessage(new byte[5], message.mac(), message.ephemeral())));
    }
  }
}
