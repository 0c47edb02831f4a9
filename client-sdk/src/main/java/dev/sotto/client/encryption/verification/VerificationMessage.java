package dev.sotto.client.encryption.verification;

import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// What is to be sent for a verification, in the order in which it was given out.
public sealed interface VerificationMessage {
  /// A message to devices of a user.
  ///
  /// @param contents by device id; `*` for all of the user's
  record ToDevices(String type, UserId user, Map<String, ObjectNode> contents)
      implements VerificationMessage {
    public ToDevices {
      contents = Map.copyOf(contents);
    }
  }

  /// An event to a room, to be encrypted if the room is.
  ///
  /// @param id its transaction id, by which [Verifications#sent] hears of it
  record ToRoom(String id, RoomId room, String type, ObjectNode content)
      implements VerificationMessage {}
}
