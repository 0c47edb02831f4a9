package dev.sotto.client.engine;

import dev.sotto.protocol.crypto.UnpaddedBase64;
import dev.sotto.protocol.error.MatrixException;

/// Text that comes from elsewhere.
final class Texts {
  private Texts() {}

  /// @throws EngineException DAMAGED if it is no base64
  static byte[] decode(String base64) throws EngineException {
    try {
      return UnpaddedBase64.decode(base64);
    } catch (MatrixException _) {
      throw new EngineException(EngineException.Reason.DAMAGED);
    }
  }

  /// Pickles are base64. The library ends the process over one that is not even UTF-8.
  ///
  /// @throws EngineException DAMAGED if there are bytes above 127, or far too many
  static byte[] requireAscii(byte[] text) throws EngineException {
    requireSize(text);
    for (byte b : text) {
      if (b < 0) {
        throw new EngineException(EngineException.Reason.DAMAGED);
      }
    }
    return text;
  }

  /// @throws EngineException DAMAGED if it is larger than anything here has reason to be
  static byte[] requireSize(byte[] received) throws EngineException {
    if (received.length > Call.MAX_BYTES) {
      throw new EngineException(EngineException.Reason.DAMAGED);
    }
    return received;
  }
}
