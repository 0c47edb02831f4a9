package dev.sotto.client.encryption.verification;

import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import tools.jackson.databind.node.ObjectNode;

/// What tells the messages of one verification from those of others.
sealed interface Flow {
  /// What names it in everything that both sides calculate.
  String transaction();

  /// Adds to a message which verification it belongs to.
  void tag(ObjectNode content);

  /// In a room, by the event of the request.
  record InRoom(RoomId room, EventId request) implements Flow {
    @Override
    public String transaction() {
      return request.value();
    }

    @Override
    public void tag(ObjectNode content) {
      content
          .putObject("m.relates_to")
          .put("rel_type", "m.reference")
          .put("event_id", request.value());
    }
  }

  /// Between devices. The user is part of it, so that nobody gets into the verification of another.
  record ByDevice(UserId user, String transaction) implements Flow {
    @Override
    public void tag(ObjectNode content) {
      content.put("transaction_id", transaction);
    }
  }

  /// In a room, as long as the event id of the request is not known.
  ///
  /// @param message the id that the request is sent with
  record Unsent(RoomId room, String message) implements Flow {
    @Override
    public String transaction() {
      throw new IllegalStateException("the request is not sent yet");
    }

    @Override
    public void tag(ObjectNode content) {
      throw new IllegalStateException("the request is not sent yet");
    }
  }
}
