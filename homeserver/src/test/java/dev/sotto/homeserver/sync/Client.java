package dev.sotto.homeserver.sync;

import dev.sotto.homeserver.filters.Filter;
import dev.sotto.homeserver.journal.StreamToken;
import dev.sotto.homeserver.presence.PresenceState;
import dev.sotto.homeserver.rooms.Room;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A device that syncs and keeps what it is told, as the specification has clients do it.
final class Client {
  /// What a client knows of a room.
  static final class RoomView {
    final Map<String, String> state = new HashMap<>();
    final List<String> timeline = new ArrayList<>();
    int gaps;
    String section = "";
    String prevBatch = "";
  }

  private final World world;
  final UserId user;
  final DeviceId device;
  final Map<String, RoomView> rooms = new HashMap<>();
  String filter = "{}";
  SyncRequest.StateForm form = SyncRequest.StateForm.BEFORE;
  @Nullable StreamToken since;

  Client(World world, UserId user, String device) {
    this.world = world;
    this.user = user;
    this.device = new DeviceId(device);
  }

  /// Syncs without waiting.
  ObjectNode sync() {
    return sync(Duration.ZERO, false);
  }

  ObjectNode sync(Duration timeout, boolean fullState) {
    ObjectNode answer = ask(since, timeout, fullState);
    take(answer);
    return answer;
  }

  /// Syncs from any point, and keeps nothing of it.
  ObjectNode ask(@Nullable StreamToken from, Duration timeout, boolean fullState) {
    SyncResponse response =
        world.sync.answer(
            new SyncRequest(
                user,
                device,
                from,
                Filter.of(Json.parseObject(filter)),
                fullState,
                form,
                timeout,
                PresenceState.OFFLINE));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator generator = Json.mapper().createGenerator(out)) {
      response.write(generator);
    }
    return Json.parseObject(out.toByteArray());
  }

  void take(ObjectNode answer) {
    since = StreamToken.parse("since", answer.path("next_batch").asString());
    for (String section : List.of("join", "leave", "invite", "knock")) {
      answer
          .path("rooms")
          .path(section)
          .properties()
          .forEach(room -> take(section, room.getKey(), room.getValue()));
    }
  }

  private void take(String section, String id, JsonNode answer) {
    RoomView room = rooms.computeIfAbsent(id, _ -> new RoomView());
    room.section = section;
    JsonNode timeline = answer.path("timeline");
    if (timeline.path("limited").asBoolean(false)) {
      room.timeline.clear();
      room.gaps++;
    }
    if (!form.isAfter()) {
      answer.path("state").path("events").forEach(event -> set(room, event));
    }
    for (JsonNode event : timeline.path("events")) {
      room.timeline.add(event.path("event_id").asString());
      if (!form.isAfter() && event.has("state_key")) {
        set(room, event);
      }
    }
    if (form.isAfter()) {
      answer.path("state_after").path("events").forEach(event -> set(room, event));
    }
    room.prevBatch = timeline.path("prev_batch").asString();
  }

  private static void set(RoomView room, JsonNode event) {
    room.state.put(
        event.path("type").asString() + "|" + event.path("state_key").asString(),
        event.path("event_id").asString());
  }

  RoomView view(Room room) {
    return rooms.getOrDefault(room.id().value(), new RoomView());
  }

  /// A room's part of an answer.
  static JsonNode room(ObjectNode answer, String section, Room room) {
    return answer.path("rooms").path(section).path(room.id().value());
  }

  /// The ids of some events, in their order.
  static List<String> ids(JsonNode events) {
    List<String> ids = new ArrayList<>();
    events.forEach(event -> ids.add(event.path("event_id").asString()));
    return ids;
  }
}
