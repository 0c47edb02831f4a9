package dev.sotto.client.interop;

import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/// Who is where at a [FakeHomeserver], and what was said there.
final class FakeRooms {
  private record Room(boolean encrypted, Set<UserId> members, List<ObjectNode> events) {}

  private final Map<RoomId, Room> rooms = new HashMap<>();
  private long lastEvent;

  RoomId create(boolean encrypted) {
    RoomId id = new RoomId("!room" + rooms.size() + ":example.org");
    rooms.put(id, new Room(encrypted, new TreeSet<>(), new ArrayList<>()));
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

  void join(RoomId room, UserId user) {
    room(room).members.add(user);
  }

  void leave(RoomId room, UserId user) {
    room(room).members.remove(user);
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
    room(room).events.add(event);
    return event.deepCopy();
  }
}
