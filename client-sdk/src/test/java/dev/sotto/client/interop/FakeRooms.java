package dev.sotto.client.interop;

import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/// Who is where at a [FakeHomeserver], and what was said there.
final class FakeRooms {
  private record Room(boolean encrypted, Set<UserId> members, Map<String, ObjectNode> state) {}

  private final Map<RoomId, Room> rooms = new HashMap<>();
  private long lastEvent;

  RoomId create(boolean encrypted) {
    RoomId id = new RoomId("!room" + rooms.size() + ":example.org");
    rooms.put(id, new Room(encrypted, new TreeSet<>(), new LinkedHashMap<>()));
    UserId creator = new UserId("@creator:example.org");
    if (encrypted) {
      ObjectNode settings = Json.object().put("algorithm", "m.megolm.v1.aes-sha2");
      set(creator, id, "m.room.encryption", "", settings);
    }
    ObjectNode visibility = Json.object().put("history_visibility", "shared");
    set(creator, id, "m.room.history_visibility", "", visibility);
    return id;
  }

  private Room room(RoomId id) {
    Room room = rooms.get(id);
    if (room == null) {
      throw new IllegalArgumentException("There is no room " + id);
    }
    return room;
  }

  boolean isEncrypted(RoomId room) {
    return room(room).encrypted;
  }

  Set<UserId> members(RoomId room) {
    return Set.copyOf(room(room).members);
  }

  /// Lets a user in; returns the event that says so.
  ObjectNode join(RoomId room, UserId user) {
    room(room).members.add(user);
    return membership(room, user, "join");
  }

  /// Lets a user go; returns the event that says so.
  ObjectNode leave(RoomId room, UserId user) {
    room(room).members.remove(user);
    return membership(room, user, "leave");
  }

  private ObjectNode membership(RoomId room, UserId user, String membership) {
    ObjectNode content = Json.object().put("membership", membership);
    return set(user, room, "m.room.member", user.value(), content);
  }

  private ObjectNode set(
      UserId sender, RoomId room, String type, String stateKey, ObjectNode content) {
    ObjectNode event = send(sender, room, type, content).put("state_key", stateKey);
    room(room).state.put(type + " " + stateKey, event);
    return event.deepCopy();
  }

  /// The state of a room, as whoever joins is told it.
  List<ObjectNode> state(RoomId room) {
    return room(room).state.values().stream().map(ObjectNode::deepCopy).toList();
  }

  /// The rooms that a user is in.
  List<RoomId> of(UserId user) {
    return rooms.keySet().stream().filter(id -> room(id).members.contains(user)).sorted().toList();
  }

  /// With whom a user shares a room, other than themselves.
  Set<UserId> neighbours(UserId user) {
    Set<UserId> found = new TreeSet<>();
    rooms.values().stream()
        .filter(room -> room.members.contains(user))
        .forEach(room -> found.addAll(room.members));
    found.remove(user);
    return found;
  }

  ObjectNode send(UserId sender, RoomId room, String type, ObjectNode content) {
    lastEvent++;
    ObjectNode event = Json.object();
    event
        .put("event_id", "$event" + lastEvent)
        .put("room_id", room.value())
        .put("sender", sender.value())
        .put("type", type)
        .put("origin_server_ts", System.currentTimeMillis())
        .set("content", content.deepCopy());
    event.putObject("unsigned");
    return event;
  }
}
