package dev.sotto.client;

import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/// What passes and is not kept: who is typing, who has read what, who is there, and that the first
/// answer is in.
final class Signals {
  private final Handlers handlers;
  private final Function<RoomId, Room> rooms;
  private boolean caughtUp;

  Signals(Handlers handlers, Function<RoomId, Room> rooms) {
    this.handlers = handlers;
    this.rooms = rooms;
  }

  void ephemeral(RoomId room, JsonNode json) {
    for (JsonNode event : json.path("ephemeral").path("events")) {
      JsonNode content = event.path("content");
      switch (event.path("type").stringValue("")) {
        case "m.typing" -> typing(room, content);
        case "m.receipt" -> receipts(room, content);
        default -> {}
      }
    }
  }

  private void typing(RoomId room, JsonNode content) {
    Set<UserId> users = new LinkedHashSet<>();
    for (JsonNode user : content.path("user_ids")) {
      try {
        users.add(new UserId(user.stringValue("")));
      } catch (MatrixException _) {
        // Nobody.
      }
    }
    handlers.typing(rooms.apply(room), users);
  }

  private void receipts(RoomId room, JsonNode content) {
    content.forEachEntry(
        (event, kinds) ->
            kinds.forEachEntry(
                (kind, users) ->
                    users.forEachEntry((user, _) -> receipt(room, event, kind, user))));
  }

  private void receipt(RoomId room, String event, String kind, String user) {
    if (!kind.equals("m.read") && !kind.equals("m.read.private")) {
      return;
    }
    Receipt receipt;
    try {
      receipt = new Receipt(new UserId(user), new EventId(event), kind.equals("m.read.private"));
    } catch (MatrixException _) {
      return;
    }
    handlers.receipt(rooms.apply(room), receipt);
  }

  /// @param json the section of the sync
  void presence(JsonNode json) {
    for (JsonNode event : json.path("events")) {
      JsonNode content = event.path("content");
      for (Presence.State state : Presence.State.values()) {
        if (Presences.key(state).equals(content.path("presence").stringValue(null))) {
          try {
            handlers.presence(
                new Presence(
                    new UserId(event.path("sender").stringValue("")),
                    state,
                    Optional.ofNullable(content.path("status_msg").stringValue(null))));
          } catch (MatrixException _) {
            // Nobody.
          }
        }
      }
    }
  }

  /// An answer was dealt with.
  synchronized void caughtUp() {
    caughtUp = true;
    notifyAll();
  }

  /// Waits for the first answer.
  ///
  /// @param isOver whether none will come any more
  synchronized boolean awaitCaughtUp(BooleanSupplier isOver) throws InterruptedException {
    while (!caughtUp && !isOver.getAsBoolean()) {
      wait();
    }
    return caughtUp;
  }

  /// Whoever waits shall look whether an answer will still come.
  synchronized void over() {
    notifyAll();
  }
}
