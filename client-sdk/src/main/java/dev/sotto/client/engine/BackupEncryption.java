package dev.sotto.client.engine;

/// Encrypts room keys for the key backup, by its public key alone. May be used by several threads.
public final class BackupEncryption implements AutoCloseable {
  private static final Native FROM_KEY = Native.of("vodozemac_pk_encryption_from_key", "P(P)");
  private static final Native FREE = Native.of("vodozemac_pk_encryption_free", "V(P)");
  private static final Native ENCRYPT = Native.of("vodozemac_pk_encryption_encrypt", "V(PPPI)");

  private final Handle handle;

  private BackupEncryption(long pointer) {
    handle = new Handle("backup encryption", pointer, FREE);
  }

  /// To the owner of this key.
  public static BackupEncryption to(Curve25519Key publicKey) {
    try (Call call = new Call()) {
      return new BackupEncryption(FROM_KEY.pointer(Keys.pass(call, publicKey)));
    }
  }

  public BackupMessage encrypt(byte[] plaintext) {
    return handle.use(
        encryption -> {
          try (Call call = new Call()) {
            ENCRYPT.run(call.out(), encryption, call.bytes(plaintext), plaintext.length);
            return new BackupMessage(call.take(0), call.take(2), Keys.take(call, call.slot(4)));
          }
        });
  }

  @Override
  public void close() {
    handle.close();
  }
}
