package dev.sotto.client.engine;

import dev.sotto.client.engine.EngineException.Reason;
import java.util.Arrays;

/// Decrypts room keys of the key backup. May be used by several threads.
public final class BackupDecryption implements AutoCloseable {
  private static final int MAC_BYTES = 8;

  private static final Native NEW = Native.of("vodozemac_pk_decryption_new", "P()");
  private static final Native FROM_KEY = Native.of("vodozemac_pk_decryption_from_key", "P(P)");
  private static final Native FREE = Native.of("vodozemac_pk_decryption_free", "V(P)");
  private static final Native PUBLIC_KEY = Native.of("vodozemac_pk_decryption_public_key", "P(P)");
  private static final Native SECRET_KEY = Native.of("vodozemac_pk_decryption_secret_key", "P(P)");
  private static final Native DECRYPT = Native.of("vodozemac_pk_decryption_decrypt", "V(PPPIPIP)");
  private static final Native SECRET_FROM_BYTES =
      Native.of("vodozemac_curve25519_secret_key_from_bytes", "P(P)");
  private static final Native SECRET_TO_BYTES =
      Native.of("vodozemac_curve25519_secret_key_to_bytes", "V(PP)");
  private static final Native SECRET_FREE =
      Native.of("vodozemac_curve25519_secret_key_free", "V(P)");

  private final Handle handle;
  private final Curve25519Key publicKey;

  private BackupDecryption(long pointer) {
    handle = new Handle("backup decryption", pointer, FREE);
    try (Call call = new Call()) {
      publicKey = Keys.take(call, PUBLIC_KEY.pointer(pointer));
    }
  }

  /// With a new private key.
  public static BackupDecryption create() {
    return new BackupDecryption(NEW.pointer());
  }

  /// With this private key.
  public static BackupDecryption with(BackupKey key) {
    try (Call call = new Call()) {
      long secret = call.own(SECRET_FROM_BYTES.pointer(call.secret(key)), SECRET_FREE);
      return new BackupDecryption(FROM_KEY.pointer(secret));
    }
  }

  /// The key that `BackupEncryption` needs.
  public Curve25519Key publicKey() {
    return publicKey;
  }

  /// The private key, to be kept in secret storage or shown as a recovery key.
  public BackupKey key() {
    return handle.use(
        decryption -> {
          try (Call call = new Call()) {
            long secret = call.own(SECRET_KEY.pointer(decryption), SECRET_FREE);
            byte[] bytes = call.read(SECRET_TO_BYTES, secret, BackupKey.BYTES);
            try {
              return BackupKey.of(bytes);
            } finally {
              Arrays.fill(bytes, (byte) 0);
            }
          }
        });
  }

  /// Decrypts what was encrypted to `publicKey()`. That it was altered is not always noticed.
  ///
  /// @throws EngineException WRONG_KEY if it was encrypted to another key, DAMAGED
  public byte[] decrypt(BackupMessage message) throws EngineException {
    byte[] ciphertext = Texts.requireSize(message.ciphertext());
    byte[] mac = message.mac();
    if (mac.length != MAC_BYTES) {
      throw new EngineException(Reason.DAMAGED);
    }
    return handle.use(
        decryption -> {
          try (Call call = new Call()) {
            DECRYPT.run(
                call.out(),
                decryption,
                call.bytes(ciphertext),
                ciphertext.length,
                call.bytes(mac),
                mac.length,
                Keys.pass(call, message.ephemeral()));
            call.check();
            return call.take(1);
          }
        });
  }

  @Override
  public void close() {
    handle.close();
  }
}
