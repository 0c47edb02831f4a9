package dev.sotto.client.event;

/// A message that cannot be read, at least not yet: if its key arrives, the message is handed out
/// as well.
///
/// @param cause why
/// @param explanation the same as a sentence
public record Undecryptable(Envelope envelope, Cause cause, String explanation)
    implements RoomEvent {
  /// Why a message cannot be read.
  public enum Cause {
    /// Its key did not arrive (yet).
    UNKNOWN_SESSION,
    /// The key that arrived is for later messages only.
    UNKNOWN_INDEX,
    /// Its sender did not give us the key, on purpose, or could not reach us.
    WITHHELD,
    /// It repeats an earlier message under another id.
    REPLAY,
    /// Its key belongs to somebody else than its sender.
    WRONG_SENDER,
    /// It was sent to another room.
    WRONG_ROOM,
    /// It was changed on its way.
    TAMPERED,
    /// It is encrypted in a way that is not known here.
    UNSUPPORTED_ALGORITHM,
    /// It is not as the specification says.
    MALFORMED
  }

  /// Whether the message may still become readable.
  public boolean mayBecomeReadable() {
    return switch (cause) {
      case UNKNOWN_SESSION, UNKNOWN_INDEX, WITHHELD -> true;
      case REPLAY, WRONG_SENDER, WRONG_ROOM, TAMPERED, UNSUPPORTED_ALGORITHM, MALFORMED -> false;
    };
  }
}
