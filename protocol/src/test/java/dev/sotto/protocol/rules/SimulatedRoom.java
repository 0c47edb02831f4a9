package dev.sotto.protocol.rules;

import dev.sotto.protocol.event.Event;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A room with its whole history, which may fork and merge: real events with hashes and ids, whose
/// state is resolved as a server would. Alice creates it.
final class SimulatedRoom {
  private final RoomVersion version;
  private final Map<EventId, Event> events = new LinkedHashMap<>();
  private final Map<EventId, Map<StateKey, EventId>> stateAfter = new HashMap<>();
  private final Event create;
  private long clock = 1_000_000;

  SimulatedRoom(RoomVersion version) {
    this.version = version;
    this.create = send(List.of(), Events.ALICE, "m.room.create", "", "{'creator':'@alice:one'}");
  }

  /// A room that Alice has joined, that has power levels and is open to all; gives its last event.
  Event open(String powerLevels) {
    Event joined = join(create, Events.ALICE);
    Event levels = send(joined, Events.ALICE, "m.room.power_levels", "", powerLevels);
    return send(levels, Events.ALICE, "m.room.join_rules", "", "{'join_rule':'public'}");
  }

  RoomVersion version() {
    return version;
  }

  Event create() {
    return create;
  }

  EventLookup lookup() {
    return events::get;
  }

  List<Event> events() {
    return List.copyOf(events.values());
  }

  Event join(Event after, String user) {
    return membership(after, user, user, "join");
  }

  Event membership(Event after, String sender, String target, String membership) {
    return send(after, sender, "m.room.member", target, "{'membership':'" + membership + "'}");
  }

  Event send(Event after, String sender, String type, @Nullable String stateKey, String content) {
    return send(List.of(after), sender, type, stateKey, content);
  }

  /// Sends an event that the rules must allow.
  Event send(
      List<Event> after, String sender, String type, @Nullable String stateKey, String content) {
    Event event = build(after, sender, type, stateKey, Events.json(content));
    AuthResult result = check(event, after);
    if (!result.isAllowed()) {
      throw new AssertionError(result + ": " + event.json());
    }
    add(event, after);
    return event;
  }

  /// Sends an event if the rules allow it.
  @Nullable Event trySend(
      List<Event> after, String sender, String type, @Nullable String stateKey, String content) {
    Event event = build(after, sender, type, stateKey, Events.json(content));
    if (events.containsKey(event.id()) || !check(event, after).isAllowed()) {
      return null;
    }
    add(event, after);
    return event;
  }

  AuthResult check(Event event, List<Event> after) {
    Map<StateKey, EventId> before = stateAfter(after);
    AuthResult byState = AuthRules.check(version, event, view(before));
    List<Event> auth = event.authEvents().stream().map(this::get).toList();
    AuthResult bySelection = AuthRules.checkAuthEvents(version, event, auth, _ -> false);
    return byState.isAllowed() ? bySelection : byState;
  }

  private void add(Event event, List<Event> after) {
    Map<StateKey, EventId> state = new HashMap<>(stateAfter(after));
    if (event.isState()) {
      state.put(event.key(), event.id());
    }
    events.put(event.id(), event);
    stateAfter.put(event.id(), state);
  }

  Event get(EventId id) {
    Event event = events.get(id);
    if (event == null) {
      throw new AssertionError("no " + id);
    }
    return event;
  }

  /// The state after one event.
  Map<StateKey, EventId> stateAfter(Event event) {
    return stateAfter.getOrDefault(event.id(), Map.of());
  }

  /// The state that the states after several events resolve to.
  Map<StateKey, EventId> stateAfter(List<Event> after) {
    return resolve(after.stream().map(this::stateAfter).toList());
  }

  Map<StateKey, EventId> resolve(List<Map<StateKey, EventId>> states) {
    return StateResolution.resolve(version, states, lookup());
  }

  StateView view(Map<StateKey, EventId> state) {
    return key -> {
      EventId id = state.get(key);
      return id == null ? null : get(id);
    };
  }

  private Event build(
      List<Event> after,
      String sender,
      String type,
      @Nullable String stateKey,
      ObjectNode content) {
    clock += 10;
    ObjectNode event = Json.object();
    event.put("type", type).put("sender", sender).put("origin_server_ts", clock);
    event.set("content", content);
    if (stateKey != null) {
      event.put("state_key", stateKey);
    }
    if (!version.roomIdFromCreate()) {
      event.put("room_id", Events.ROOM);
    } else if (!after.isEmpty()) {
      event.put("room_id", EventHashes.roomIdOf(create.id()).value());
    }
    if (version.eventIds() == EventIdRule.CHOSEN) {
      event.put("event_id", "$" + clock + ":" + sender.replaceFirst(".*:", ""));
    }
    event.put("depth", 1 + after.stream().mapToLong(Event::depth).max().orElse(0));
    refer(event.putArray("prev_events"), after.stream().map(Event::id).toList());
    refer(event.putArray("auth_events"), authEvents(after, sender, type, stateKey, content));
    EventHashes.withContentHash(version, event);
    EventFormat.check(version, event);
    return Event.of(EventHashes.idOf(version, event), event);
  }

  private List<EventId> authEvents(
      List<Event> after,
      String sender,
      String type,
      @Nullable String stateKey,
      ObjectNode content) {
    Map<StateKey, EventId> before = stateAfter(after);
    List<EventId> ids = new ArrayList<>();
    for (StateKey key :
        AuthRules.authEventKeys(version, type, new UserId(sender), stateKey, content)) {
      EventId id = before.get(key);
      if (id != null) {
        ids.add(id);
      }
    }
    return ids;
  }

  private void refer(ArrayNode references, List<EventId> ids) {
    for (EventId id : ids) {
      if (version.referencesAreHashed()) {
        references.addArray().add(id.value()).addObject().put("sha256", "AA");
      } else {
        references.add(id.value());
      }
    }
  }
}
