package dev.sotto.client.interop;

import dev.sotto.protocol.id.UserId;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What became of an encrypted event.
sealed interface Reading {
  /// It was decrypted.
  ///
  /// @param keysFrom who passed the key to it on with an invitation
  record Clear(
      UserId sender, String type, ObjectNode content, Trust trust, Optional<UserId> keysFrom)
      implements Reading {
    String body() {
      return content.path("body").stringValue("");
    }
  }

  /// It was not.
  record Refused(Cause cause, String detail) implements Reading {}

  /// What is known of the device that sent it.
  enum Trust {
    /// It is signed by its owner, whom the reader has verified.
    VERIFIED,
    /// It is signed by its owner, whom the reader has not verified.
    SIGNED,
    /// It is not signed by its owner.
    UNSIGNED,
    /// Its owner was verified and has another identity now.
    OWNER_CHANGED,
    /// It is not known, or the key came from elsewhere.
    UNKNOWN
  }

  /// Why it was not.
  enum Cause {
    UNKNOWN_SESSION,
    UNKNOWN_INDEX,
    WITHHELD,
    WRONG_SENDER,
    REPLAYED,
    UNREADABLE
  }
}
