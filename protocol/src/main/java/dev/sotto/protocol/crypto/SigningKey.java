package dev.sotto.protocol.crypto;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/// An Ed25519 key pair with the id that its signatures are filed under. The seed is wiped by
/// `close()` and never shown.
///
/// @spec https://spec.matrix.org/v1.19/appendices/#signing-json
public final class SigningKey implements AutoCloseable {
  private static final String ALGORITHM = "ed25519:";
  private static final Pattern VERSION = Pattern.compile("[a-zA-Z0-9_+/=-]{1,128}");
  private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int VERSION_LETTERS = 4;

  private final String keyId;
  private final byte[] seed;
  private final byte[] publicKey;
  private volatile boolean closed;

  private SigningKey(String keyId, byte[] seed) {
    this.keyId = keyId;
    this.seed = seed;
    this.publicKey = new byte[Ed25519.PUBLIC_KEY_SIZE];
    Ed25519.generatePublicKey(seed, 0, publicKey, 0);
  }

  /// A new key with an id such as `ed25519:a_WxYz`.
  public static SigningKey generate(SecureRandom random) {
    StringBuilder id = new StringBuilder(ALGORITHM).append("a_");
    for (int i = 0; i < VERSION_LETTERS; i++) {
      id.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    byte[] seed = new byte[Ed25519.SECRET_KEY_SIZE];
    random.nextBytes(seed);
    return new SigningKey(id.toString(), seed);
  }

  /// The key with this id and 32-byte seed; the seed is copied.
  ///
  /// @throws IllegalArgumentException if either has a wrong form
  public static SigningKey of(String keyId, byte[] seed) {
    if (!keyId.startsWith(ALGORITHM)
        || !VERSION.matcher(keyId.substring(ALGORITHM.length())).matches()) {
      throw new IllegalArgumentException("not the id of an Ed25519 key");
    }
    if (seed.length != Ed25519.SECRET_KEY_SIZE) {
      throw new IllegalArgumentException("the seed of an Ed25519 key is 32 bytes long");
    }
    return new SigningKey(keyId, seed.clone());
  }

  /// The algorithm and version, for example `ed25519:a_WxYz`.
  public String keyId() {
    return keyId;
  }

  /// The seed, to be stored where only this server can read it; the caller wipes this copy.
  public byte[] seed() {
    requireOpen();
    return seed.clone();
  }

  /// The 64-byte signature over `message`.
  public byte[] sign(byte[] message) {
    requireOpen();
    byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
    Ed25519.sign(seed, 0, publicKey, 0, message, 0, message.length, signature, 0);
    return signature;
  }

  public VerifyKey verifyKey() {
    return VerifyKey.of(publicKey);
  }

  @Override
  public void close() {
    closed = true;
    Arrays.fill(seed, (byte) 0);
  }

  @Override
  public String toString() {
    return "SigningKey[" + keyId + "]";
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this signing key is closed");
    }
  }
}
