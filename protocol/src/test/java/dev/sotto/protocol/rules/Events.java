package dev.sotto.protocol.rules;

import dev.sotto.protocol.event.Event;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.json.Json;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Events written by hand, and a state that they add up to. JSON is written with `'` for `"`.
final class Events {
  static final String ALICE = "@alice:one";
  static final String BOB = "@bob:two";
  static final String CAROL = "@carol:one";
  static final String ROOM = "!room:one";

  private final RoomVersion version;
  private final Map<StateKey, Event> state = new HashMap<>();
  private int count;

  Events(RoomVersion version) {
    this.version = version;
  }

  static ObjectNode json(String text) {
    return Json.parseObject(text.replace('\'', '"'));
  }

  static RoomVersion version(int number) {
    return RoomVersions.of(Integer.toString(number)).orElseThrow();
  }

  /// A room whose creator is Alice, who has joined it.
  static Events room(RoomVersion version) {
    Events events = new Events(version);
    events.put(ALICE, "m.room.create", "", "{'creator':'@alice:one'}");
    return events.put(ALICE, "m.room.member", ALICE, "{'membership':'join'}");
  }

  RoomVersion version() {
    return version;
  }

  StateView view() {
    return state::get;
  }

  Event get(StateKey key) {
    Event event = state.get(key);
    if (event == null) {
      throw new AssertionError("no " + key);
    }
    return event;
  }

  /// Sets state, without asking the rules.
  Events put(String sender, String type, String stateKey, String content) {
    Event event = event(sender, type, stateKey, content);
    state.put(event.key(), event);
    return this;
  }

  Events member(String user, String membership) {
    return put(user, "m.room.member", user, "{'membership':'" + membership + "'}");
  }

  Events joinRule(String rule) {
    return put(ALICE, "m.room.join_rules", "", "{'join_rule':'" + rule + "'}");
  }

  Events powerLevels(String content) {
    return put(ALICE, "m.room.power_levels", "", content);
  }

  /// An event that is not part of the state.
  Event event(String sender, String type, @Nullable String stateKey, String content) {
    return event(sender, type, stateKey, content, "{}");
  }

  /// An event with further or other members at its top.
  Event event(String sender, String type, @Nullable String stateKey, String content, String more) {
    boolean first = type.equals("m.room.create");
    ObjectNode event = Json.object();
    event.put("type", type).put("sender", sender).put("depth", ++count);
    event.put("origin_server_ts", 1_000_000 + count);
    event.set("content", json(content));
    event.putArray("auth_events");
    if (first) {
      event.putArray("prev_events");
    } else {
      event.putArray("prev_events").add("$before").add("$beside");
    }
    Event create = state.get(StateKey.CREATE);
    if (!version.roomIdFromCreate()) {
      event.put("room_id", ROOM);
    } else if (create != null) {
      event.put("room_id", EventHashes.roomIdOf(create.id()).value());
    }
    if (stateKey != null) {
      event.put("state_key", stateKey);
    }
    event.setAll(json(more));
    return Event.of(new EventId("$" + count + ":" + sender.replaceFirst(".*:", "")), event);
  }

  AuthResult check(Event event) {
    return AuthRules.check(version, event, view());
  }

  boolean allows(String sender, String type, @Nullable String stateKey, String content) {
    return check(event(sender, type, stateKey, content)).isAllowed();
  }

  boolean allowsMembership(String sender, String target, String membership) {
    return allows(sender, "m.room.member", target, "{'membership':'" + membership + "'}");
  }
}
