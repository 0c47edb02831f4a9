package dev.sotto.client.encryption.verification;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sotto.protocol.crypto.VerifyKey;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/// What a QR code for verification holds.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#qr-code-format
final class QrCode {
  /// What the keys are, by the number that the code holds.
  enum Mode {
    /// The master keys of two users.
    OTHER_USER(0),
    /// The user's master key, which the showing device trusts, and the scanning device's key.
    MASTER_TRUSTED(1),
    /// The showing device's key, and the user's master key, which it does not trust yet.
    MASTER_NOT_TRUSTED(2);

    private final byte code;

    Mode(int code) {
      this.code = (byte) code;
    }

    static Optional<Mode> of(byte code) {
      return Arrays.stream(values()).filter(mode -> mode.code == code).findFirst();
    }
  }

  private static final byte[] MAGIC = "MATRIX".getBytes(US_ASCII);
  private static final byte VERSION = 2;
  private static final int KEY_BYTES = 32;

  /// As much as a QR code can hold.
  private static final int MAX_BYTES = 2953;

  private final Mode mode;
  private final String transaction;
  private final VerifyKey first;
  private final VerifyKey second;
  private final byte[] secret;

  QrCode(Mode mode, String transaction, VerifyKey first, VerifyKey second, byte[] secret) {
    this.mode = mode;
    this.transaction = transaction;
    this.first = first;
    this.second = second;
    this.secret = secret.clone();
  }

  Mode mode() {
    return mode;
  }

  String transaction() {
    return transaction;
  }

  byte[] secret() {
    return secret.clone();
  }

  boolean hasKeys(VerifyKey expectedFirst, VerifyKey expectedSecond) {
    return first.equals(expectedFirst) && second.equals(expectedSecond);
  }

  byte[] bytes() {
    byte[] id = transaction.getBytes(UTF_8);
    return ByteBuffer.allocate(
            MAGIC.length + 2 + Short.BYTES + id.length + 2 * KEY_BYTES + secret.length)
        .put(MAGIC)
        .put(VERSION)
        .put(mode.code)
        .putShort((short) id.length)
        .put(id)
        .put(first.bytes())
        .put(second.bytes())
        .put(secret)
        .array();
  }

  /// The code that these bytes hold; empty if they hold none.
  static Optional<QrCode> read(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      return Optional.empty();
    }
    ByteBuffer from = ByteBuffer.wrap(bytes);
    try {
      byte[] magic = take(from, MAGIC.length);
      byte version = from.get();
      Optional<Mode> mode = Mode.of(from.get());
      if (!Arrays.equals(MAGIC, magic) || version != VERSION || mode.isEmpty()) {
        return Optional.empty();
      }
      String transaction = new String(take(from, Short.toUnsignedInt(from.getShort())), UTF_8);
      VerifyKey first = VerifyKey.of(take(from, KEY_BYTES));
      VerifyKey second = VerifyKey.of(take(from, KEY_BYTES));
      byte[] secret = take(from, from.remaining());
      return secret.length == 0
          ? Optional.empty()
          : Optional.of(new QrCode(mode.get(), transaction, first, second, secret));
    } catch (BufferUnderflowException _) {
      return Optional.empty();
    }
  }

  private static byte[] take(ByteBuffer from, int length) {
    if (length > from.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] taken = new byte[length];
    from.get(taken);
    return taken;
  }

  /// Says nothing of the secret.
  @Override
  public String toString() {
    return "QrCode[" + mode + "]";
  }
}
