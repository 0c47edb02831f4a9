package dev.sotto.homeserver.uia;

import dev.sotto.protocol.crypto.Sha256;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Makes and reads session ids that carry their own operation and end, under a seal.
///
/// Nothing is kept for a session: whoever asks a million times to be asked for a password takes up
/// no memory and no disk, and drives nobody else's session out. The key lives as long as the
/// process; after a restart a client is simply asked anew.
final class SessionSeal {
  private static final Duration LIFETIME = Duration.ofMinutes(15);
  private static final int NONCE_BYTES = 12;
  private static final int OPERATION_BYTES = 16;
  private static final int SEALED_BYTES = NONCE_BYTES + Long.BYTES + OPERATION_BYTES;
  private static final int SEAL_BYTES = 16;

  /// What a session id that a client sends is worth.
  enum Verdict {
    GOOD,
    OTHER_OPERATION,
    UNKNOWN_OR_OVER
  }

  private final SecureRandom random;
  private final SecretKeySpec key;

  SessionSeal(SecureRandom random) {
    this.random = random;
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    key = new SecretKeySpec(bytes, "HmacSHA256");
  }

  String open(Operation operation, Instant now) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] sealed =
        ByteBuffer.allocate(SEALED_BYTES)
            .put(nonce)
            .putLong(now.plus(LIFETIME).toEpochMilli())
            .put(digest(operation))
            .array();
    byte[] session =
        ByteBuffer.allocate(SEALED_BYTES + SEAL_BYTES).put(sealed).put(seal(sealed)).array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(session);
  }

  Verdict read(String session, Operation operation, Instant now) {
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(session);
    } catch (IllegalArgumentException e) {
      return Verdict.UNKNOWN_OR_OVER;
    }
    if (bytes.length != SEALED_BYTES + SEAL_BYTES) {
      return Verdict.UNKNOWN_OR_OVER;
    }
    byte[] sealed = Arrays.copyOf(bytes, SEALED_BYTES);
    byte[] seal = Arrays.copyOfRange(bytes, SEALED_BYTES, bytes.length);
    ByteBuffer fields = ByteBuffer.wrap(sealed).position(NONCE_BYTES);
    if (!MessageDigest.isEqual(seal, seal(sealed)) || fields.getLong() <= now.toEpochMilli()) {
      return Verdict.UNKNOWN_OR_OVER;
    }
    byte[] sealedOperation = new byte[OPERATION_BYTES];
    fields.get(sealedOperation);
    return Arrays.equals(sealedOperation, digest(operation))
        ? Verdict.GOOD
        : Verdict.OTHER_OPERATION;
  }

  private byte[] seal(byte[] sealed) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return Arrays.copyOf(mac.doFinal(sealed), SEAL_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] digest(Operation operation) {
    String user = operation.user() == null ? "" : operation.user().value();
    return Arrays.copyOf(Sha256.of(user + " " + operation.name()), OPERATION_BYTES);
  }
}
