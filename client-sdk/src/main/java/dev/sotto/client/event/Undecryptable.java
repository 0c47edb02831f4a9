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
    /// Its sender did not give us the key, on purpose.
    WITHHELD,
    /// It repeats an earlier message under another id.
    REPLAY,
    /// Its key belongs to somebody else than its sender.
    WRONG_SENDER,
    /// It was changed on its way.
    TAMPERED,
    /// It is encrypted in a way that is not known here.
    UNKNOWN_ALGORITHM,
    /// It is not as the specification says.
    MALFORMED,
    /// The device that sent it is not trusted enough for what was asked of senders.
    UNTRUSTED_DEVICE
  }

  /// Whether the message may still become readable.
  public boolean mayBecomeReadable() {
    return cause == Cause.UNKNOWN_SESSION || cause == Cause.WITHHELD;
  }
}
