package dev.sotto.homeserver.http;

import dev.sotto.protocol.error.MatrixException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Percent-decoding that refuses what is not UTF-8.
final class Percent {
  private Percent() {}

  /// The text that `encoded` stands for; `+` is a space only where `form` is set.
  static String decode(String encoded, boolean form) {
    if (encoded.indexOf('%') < 0 && (!form || encoded.indexOf('+') < 0)) {
      return encoded;
    }
    byte[] raw = encoded.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(raw.length);
    for (int i = 0; i < raw.length; i++) {
      if (raw[i] == '%') {
        if (i + 2 >= raw.length) {
          throw malformed();
        }
        int high = Character.digit(raw[i + 1], 16);
        int low = Character.digit(raw[i + 2], 16);
        if (high < 0 || low < 0) {
          throw malformed();
        }
        bytes.put((byte) (high << 4 | low));
        i += 2;
      } else {
        bytes.put(form && raw[i] == '+' ? (byte) ' ' : raw[i]);
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw malformed();
    }
  }

  private static MatrixException malformed() {
    return MatrixException.invalidParam("This address is not percent-encoded UTF-8.");
  }
}
