package dev.sotto.protocol.crypto;

import dev.sotto.protocol.error.MatrixException;
import java.util.Base64;

/// Base64 without trailing `=`.
///
/// @spec https://spec.matrix.org/v1.19/appendices/#unpadded-base64
public final class UnpaddedBase64 {
  private static final Base64.Encoder ENCODER = Base64.getEncoder().withoutPadding();
  private static final Base64.Encoder URL_SAFE_ENCODER = Base64.getUrlEncoder().withoutPadding();

  private UnpaddedBase64() {}

  public static String encode(byte[] bytes) {
    return ENCODER.encodeToString(bytes);
  }

  /// With `-` and `_` in place of `+` and `/`.
  public static String encodeUrlSafe(byte[] bytes) {
    return URL_SAFE_ENCODER.encodeToString(bytes);
  }

  /// Reads base64, padded or not.
  ///
  /// @throws MatrixException `M_INVALID_PARAM` if it is none
  public static byte[] decode(String text) {
    return decode(Base64.getDecoder(), text);
  }

  /// Reads base64 with the URL-safe alphabet, padded or not.
  ///
  /// @throws MatrixException `M_INVALID_PARAM` if it is none
  public static byte[] decodeUrlSafe(String text) {
    return decode(Base64.getUrlDecoder(), text);
  }

  private static byte[] decode(Base64.Decoder decoder, String text) {
    try {
      return decoder.decode(text);
    } catch (IllegalArgumentException _) {
      throw MatrixException.invalidParam("This is not valid base64.");
    }
  }
}
