package dev.sotto.client.engine;

import java.nio.charset.StandardCharsets;

/// What was handed to the engine cannot be decrypted or read. That is to be expected of what comes
/// from others, so callers have to deal with it. A mistake of the caller's own (a closed session, a
/// key of a wrong length) is an `IllegalStateException` or `IllegalArgumentException` instead.
public final class EngineException extends Exception {
  /// Why it cannot be.
  public enum Reason {
    /// It does not have the form it should have, or was altered.
    DAMAGED("This is damaged, or was altered on its way."),
    /// Its signature is not the one of the session's owner.
    BAD_SIGNATURE("The signature is wrong."),
    /// The Megolm session begins after this message.
    UNKNOWN_INDEX("The session's key begins after this message."),
    /// The Olm message's key was used up, or is too old: a replay, most likely.
    SPENT("The key of this message was used already, or is too old."),
    /// More messages are missing before this one than the session makes up for.
    TOO_FAR_AHEAD("Too many messages before this one are missing."),
    /// The one-time key that began the session is not, or no longer, ours.
    UNKNOWN_ONE_TIME_KEY("The one-time key of this message is unknown, or used up."),
    /// The message names another sender than the one it is said to come from.
    WRONG_SENDER("The message is from another device than it is said to be."),
    /// The pickle was made with another key, or altered.
    WRONG_KEY("The key does not fit, or what it should open is damaged."),
    /// The Curve25519 key adds nothing to a secret, so that anybody could know it.
    WEAK_KEY("The key is one of the few that make no secret."),
    /// A session can only begin with a pre-key message.
    WRONG_KIND("Only a pre-key message begins a session."),
    /// The two Megolm sessions do not belong together.
    UNCONNECTED("The sessions are not the same one.");

    private final String sentence;

    Reason(String sentence) {
      this.sentence = sentence;
    }
  }

  private final Reason reason;

  EngineException(Reason reason) {
    super(reason.sentence);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  /// The library has no codes for its errors, only sentences. They are not shown: some quote what
  /// was decrypted.
  static EngineException ofText(byte[] text) {
    String said = new String(text, StandardCharsets.UTF_8);
    return new EngineException(reason(said));
  }

  private static Reason reason(String said) {
    if (said.startsWith("The pickle couldn't be decrypted")
        || said.startsWith("the MAC of the ciphertext didn't pass")) {
      return Reason.WRONG_KEY;
    } else if (said.startsWith("The signature on the")) {
      return Reason.BAD_SIGNATURE;
    } else if (said.contains("unknown message index")) {
      return Reason.UNKNOWN_INDEX;
    } else if (said.startsWith("The message key with the given key can't be created")) {
      return Reason.SPENT;
    } else if (said.startsWith("The message gap was too big")) {
      return Reason.TOO_FAR_AHEAD;
    } else if (said.contains("unknown one-time key")) {
      return Reason.UNKNOWN_ONE_TIME_KEY;
    } else if (said.startsWith("The given identity key doesn't match")) {
      return Reason.WRONG_SENDER;
    } else if (said.contains("contributory")) {
      return Reason.WEAK_KEY;
    } else {
      return Reason.DAMAGED;
    }
  }
}
