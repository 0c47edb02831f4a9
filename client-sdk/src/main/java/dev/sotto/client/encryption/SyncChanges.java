package dev.sotto.client.encryption;

import dev.sotto.client.encryption.device.KeyCounts;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What of a sync answer the machine wants to know. Whatever in it is malformed is left out.
///
/// @param toDevice events to this device, in their order
/// @param changed users whose devices have changed
/// @param left users whom no encrypted room is shared with any more
/// @param counts what is left of this device's keys
/// @param rooms state events of rooms, in their order
/// @spec https://spec.matrix.org/v1.19/client-server-api/#e2e-extensions-to-sync
public record SyncChanges(
    List<ObjectNode> toDevice,
    Set<UserId> changed,
    Set<UserId> left,
    KeyCounts counts,
    Map<RoomId, RoomChanges> rooms) {
  private static final Set<String> STATE =
      Set.of("m.room.encryption", "m.room.history_visibility", "m.room.member");

  /// What has changed in a room.
  ///
  /// @param gap whether the server has left out events
  public record RoomChanges(boolean gap, List<ObjectNode> state) {}

  /// What is of interest in an answer of `/sync`.
  public static SyncChanges of(ObjectNode sync) {
    Map<RoomId, RoomChanges> rooms = new LinkedHashMap<>();
    JsonNode all = sync.path("rooms");
    for (String membership : List.of("join", "leave")) {
      all.path(membership)
          .forEachEntry(
              (name, room) -> {
                try {
                  rooms.put(new RoomId(name), changes(room));
                } catch (MatrixException _) {
                  // No room has such an id.
                }
              });
    }
    return new SyncChanges(
        objects(sync.path("to_device").path("events")),
        users(sync.path("device_lists").path("changed")),
        users(sync.path("device_lists").path("left")),
        KeyCounts.ofSync(sync),
        rooms);
  }

  private static RoomChanges changes(JsonNode room) {
    List<ObjectNode> state = new ArrayList<>();
    for (String place : List.of("state", "timeline", "state_after")) {
      for (ObjectNode event : objects(room.path(place).path("events"))) {
        if (event.has("state_key") && STATE.contains(event.path("type").asString(""))) {
          state.add(event);
        }
      }
    }
    return new RoomChanges(room.path("timeline").path("limited").asBoolean(false), state);
  }

  private static List<ObjectNode> objects(JsonNode events) {
    List<ObjectNode> objects = new ArrayList<>();
    for (JsonNode event : events) {
      if (event instanceof ObjectNode object) {
        objects.add(object);
      }
    }
    return objects;
  }

  private static Set<UserId> users(JsonNode names) {
    Set<UserId> users = new LinkedHashSet<>();
    for (JsonNode name : names) {
      try {
        users.add(new UserId(name.asString("")));
      } catch (MatrixException _) {
        // Nobody has such an id.
      }
    }
    return users;
  }
}
