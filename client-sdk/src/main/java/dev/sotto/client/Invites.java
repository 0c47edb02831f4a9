package dev.sotto.client;

import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.http.Request;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Invites people to rooms. Those whom the room's history is for are given the keys to it before
/// they are invited, so that they have them when they come; but only where the invitation is not
/// one that the server is bound to refuse.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#sharing-keys-between-users
final class Invites {
  private static final Set<String> NOT_TO_BE_INVITED = Set.of("join", "ban");

  private final UserId self;
  private final Calls calls;
  private final Outlet outlet;
  private final History history;
  private final Handlers handlers;

  Invites(UserId self, Calls calls, Outlet outlet, History history, Handlers handlers) {
    this.self = self;
    this.calls = calls;
    this.outlet = outlet;
    this.history = history;
    this.handlers = handlers;
  }

  void invite(RoomId room, UserId user) {
    // What is asked first is little; the keys may be long in coming.
    if (history.isShared(room) && mayInvite(room, user)) {
      history.keys(room).ifPresent(keys -> history.share(room, user, keys));
    }
    outlet.membership(room, "invite", Json.object().put("user_id", user.value()), null);
  }

  private boolean mayInvite(RoomId room, UserId user) {
    try {
      // To who has left a room the server shows it as it was then.
      return membership(room, self).equals(Optional.of("join"))
          && membership(room, user).filter(NOT_TO_BE_INVITED::contains).isEmpty()
          && hasPower(room);
    } catch (MatrixRequestException e) {
      // What it says of us, the invitation will say as well.
      handlers.problem(Problem.Kind.ENCRYPTION, room, e);
      return false;
    }
  }

  private Optional<String> membership(RoomId room, UserId user) {
    return outlet
        .state(room, EventTypes.MEMBER, user.value())
        .map(content -> content.path("membership").stringValue(""));
  }

  private boolean hasPower(RoomId room) {
    JsonNode levels = outlet.state(room, EventTypes.POWER_LEVELS, "").orElseGet(Json::object);
    long usual = levels.path("users_default").asLong(0);
    long own = levels.path("users").path(self.value()).asLong(usual);
    return own >= levels.path("invite").asLong(0) || isCreatorAboveAll(room);
  }

  /// From version 12 on, creators stand above all levels and are in no list of them; the room is
  /// named by the event that made it then.
  ///
  /// @spec https://spec.matrix.org/v1.19/rooms/v12/
  private boolean isCreatorAboveAll(RoomId room) {
    if (room.value().contains(":")) {
      return false;
    }
    ObjectNode creation =
        calls.send(
            Request.get(
                "/_matrix/client/v3/rooms/{}/event/{}",
                room.value(),
                "$" + room.value().substring(1)));
    if (self.value().equals(creation.path("sender").stringValue(null))) {
      return true;
    }
    for (JsonNode other : creation.path("content").path("additional_creators")) {
      if (self.value().equals(other.stringValue(null))) {
        return true;
      }
    }
    return false;
  }
}
