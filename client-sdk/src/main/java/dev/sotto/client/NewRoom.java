package dev.sotto.client;

import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A room that is to be made: `NewRoom.named("Kitchen").invite(ada)`. It is encrypted and only for
/// those who are invited, unless it is said otherwise. Each method gives a new value.
///
/// The name and the topic are never encrypted: the server reads them.
public final class NewRoom {
  private static final String MEGOLM = "m.megolm.v1.aes-sha2";

  private final ObjectNode body;
  private final boolean encrypted;

  private NewRoom(ObjectNode body, boolean encrypted) {
    this.body = body;
    this.encrypted = encrypted;
  }

  /// A room without a name.
  public static NewRoom unnamed() {
    return new NewRoom(Json.object().put("preset", "private_chat"), true);
  }

  /// A room with a name.
  public static NewRoom named(String name) {
    NewRoom room = unnamed();
    room.body.put("name", name);
    return room;
  }

  private NewRoom copy(boolean encryption) {
    return new NewRoom(body.deepCopy(), encryption);
  }

  private NewRoom put(String name, String value) {
    NewRoom room = copy(encrypted);
    room.body.put(name, value);
    return room;
  }

  /// With a topic.
  public NewRoom topic(String topic) {
    return put("topic", topic);
  }

  /// With these users invited.
  public NewRoom invite(UserId... users) {
    NewRoom room = copy(encrypted);
    ArrayNode invited =
        room.body.get("invite") instanceof ArrayNode list ? list : room.body.putArray("invite");
    List.of(users).forEach(user -> invited.add(user.value()));
    return room;
  }

  /// For talking to one person.
  public NewRoom direct() {
    NewRoom room = copy(encrypted);
    room.body.put("preset", "trusted_private_chat").put("is_direct", true);
    return room;
  }

  /// For everybody to join.
  public NewRoom open() {
    return put("preset", "public_chat");
  }

  /// For everybody to join at an address, `#name:server`.
  ///
  /// @param name the part of the address before the colon
  public NewRoom open(String name) {
    return open().put("room_alias_name", name);
  }

  /// Without encryption: the server can read, keep and alter everything. There are servers that
  /// make no such rooms.
  public NewRoom unencrypted() {
    return copy(false);
  }

  boolean isEncrypted() {
    return encrypted;
  }

  /// What an encrypted room's m.room.encryption says.
  static ObjectNode encryption() {
    return Json.object().put("algorithm", MEGOLM);
  }

  ObjectNode body() {
    ObjectNode sent = body.deepCopy();
    if (encrypted) {
      ObjectNode state = sent.putArray("initial_state").addObject();
      state.put("type", EventTypes.ENCRYPTION).put("state_key", "");
      state.set("content", encryption());
    }
    return sent;
  }

  @Override
  public String toString() {
    return encrypted ? "new encrypted room" : "new room";
  }
}
