package dev.sotto.homeserver.rooms;

import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.Event;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Rooms that let in the members of other rooms.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#restricted-rooms
public final class RestrictedJoins {
  private static final int MAX_ROOMS = 100;

  private final Rooms rooms;

  RestrictedJoins(Rooms rooms) {
    this.rooms = rooms;
  }

  /// Whether a room asks for membership of others.
  public static boolean areFor(RoomState state) {
    String rule = state.string(StateKey.JOIN_RULES, "join_rule");
    return "restricted".equals(rule) || "knock_restricted".equals(rule);
  }

  /// The rooms whose members may join; empty if this is no restricted room.
  public static List<RoomId> allowed(RoomState state) {
    Event rules = state.get(StateKey.JOIN_RULES);
    List<RoomId> allowed = new ArrayList<>();
    if (rules == null || !areFor(state)) {
      return allowed;
    }
    for (JsonNode condition : rules.content().path("allow")) {
      if (allowed.size() < MAX_ROOMS
          && "m.room_membership".equals(condition.path("type").stringValue(""))) {
        add(allowed, condition.path("room_id").stringValue(""));
      }
    }
    return allowed;
  }

  private static void add(List<RoomId> rooms, String id) {
    try {
      rooms.add(new RoomId(id));
    } catch (MatrixException _) {
      // A condition that names no room is met by nobody.
      return;
    }
  }

  /// Whether `user` is joined to a room whose members may join.
  public boolean admit(RoomState state, UserId user) {
    return allowed(state).stream()
        .anyMatch(id -> rooms.find(id).filter(room -> room.state().isJoined(user)).isPresent());
  }
}
