package dev.sotto.client.engine;

import dev.sotto.protocol.crypto.UnpaddedBase64;

/// A message to everybody who has the session's key, as it stands in an `m.megolm.v1.aes-sha2`
/// event. That it can be made says nothing of its content.
///
/// Several series of bytes can be the same message, so nothing may be recognised by them: a replay
/// shows in the session's id and the index of what was decrypted.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#mmegolmv1aes-sha2
public final class MegolmMessage {
  private final byte[] bytes;

  private MegolmMessage(byte[] bytes) {
    this.bytes = bytes;
  }

  /// The message of these bytes.
  public static MegolmMessage of(byte[] bytes) {
    return new MegolmMessage(bytes.clone());
  }

  /// The message of an event's `ciphertext`.
  ///
  /// @throws EngineException DAMAGED if that is no base64
  public static MegolmMessage ofBase64(String ciphertext) throws EngineException {
    return new MegolmMessage(Texts.decode(ciphertext));
  }

  public byte[] bytes() {
    return bytes.clone();
  }

  /// As the event carries it.
  public String base64() {
    return UnpaddedBase64.encode(bytes);
  }

  @Override
  public String toString() {
    return "MegolmMessage[" + bytes.length + " bytes]";
  }
}
