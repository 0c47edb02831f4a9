package dev.sotto.client.encryption;

import dev.sotto.client.encryption.megolm.Sharing.LeftOut;
import dev.sotto.protocol.id.UserId;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// What came of encrypting a message to a room.
public sealed interface EncryptionOutcome {
  /// It is encrypted, and all who are to read it have the key.
  ///
  /// @param content of the `m.room.encrypted` event to send
  /// @param leftOut devices that cannot read it
  /// @param unknown users whose devices could not be had lately: it is for those that were known
  ///   before
  record Encrypted(ObjectNode content, List<LeftOut> leftOut, Set<UserId> unknown)
      implements EncryptionOutcome {
    public Encrypted {
      leftOut = List.copyOf(leftOut);
      unknown = Set.copyOf(unknown);
    }
  }

  /// Not all have the key yet. To be tried again when what is outgoing was sent.
  record NotYet() implements EncryptionOutcome {}

  /// These users have another identity than the one that was verified. Nothing can be sent before
  /// that is confirmed, or they are gone from the room.
  record OwnersChanged(Set<UserId> users) implements EncryptionOutcome {}

  /// The room is encrypted in a way that is not known here; nothing can be sent to it.
  record Unsupported() implements EncryptionOutcome {}
}
