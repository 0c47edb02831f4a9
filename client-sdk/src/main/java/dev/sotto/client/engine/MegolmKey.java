package dev.sotto.client.engine;

import dev.sotto.client.memory.Secret;
import dev.sotto.protocol.crypto.UnpaddedBase64;
import java.util.Arrays;

/// What opens a Megolm session from some message on: as its owner hands it out, signed, or as
/// somebody who was given it passes it on.
///
/// @spec
///   https://gitlab.matrix.org/matrix-org/olm/-/blob/master/docs/megolm.md#session-sharing-format
public final class MegolmKey extends Secret {
  /// The two formats.
  public enum Format {
    /// Signed with the session's own key, as in `m.room_key`.
    SHARED(229),
    /// Not signed, as in `m.forwarded_room_key`, exports and backups: that it belongs to the
    /// session is only said, and whoever passes it on has to be trusted.
    EXPORTED(165);

    private final int bytes;

    Format(int bytes) {
      this.bytes = bytes;
    }

    /// How long such a key is.
    int bytes() {
      return bytes;
    }
  }

  private final Format format;

  private MegolmKey(Format format, byte[] bytes) {
    super(bytes);
    this.format = format;
  }

  /// The key of these bytes.
  ///
  /// @throws EngineException DAMAGED if they have the wrong length
  public static MegolmKey of(Format format, byte[] bytes) throws EngineException {
    if (bytes.length != format.bytes) {
      throw new EngineException(EngineException.Reason.DAMAGED);
    }
    return made(format, bytes);
  }

  /// A key that the engine made itself.
  static MegolmKey made(Format format, byte[] bytes) {
    return new MegolmKey(format, bytes);
  }

  /// The key that this base64 stands for, for example a `session_key`.
  ///
  /// @throws EngineException DAMAGED if it is no base64, or of a wrong length
  public static MegolmKey ofBase64(Format format, String base64) throws EngineException {
    byte[] bytes = Texts.decode(base64);
    try {
      return of(format, bytes);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  public Format format() {
    return format;
  }

  /// As events carry it.
  public String base64() {
    byte[] bytes = bytes();
    try {
      return UnpaddedBase64.encode(bytes);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }
}
