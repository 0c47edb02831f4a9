package dev.sotto.homeserver.accountdata;

import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The tags by which users sort their rooms; kept as the room's `m.tag` account data.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#room-tagging
public final class Tags {
  private static final int MAX_NAME_BYTES = 255;

  private final AccountData accountData;

  public Tags(AccountData accountData) {
    this.accountData = accountData;
  }

  /// The tags of a room, by name.
  public ObjectNode of(UserId user, RoomId room) {
    return accountData
        .find(user, room, AccountData.TAGS)
        .map(event -> tags(event.json()))
        .orElseGet(Json::object);
  }

  /// Puts a tag on a room, or changes it.
  ///
  /// @throws MatrixException `M_BAD_JSON` if `order` is no number from 0 to 1
  public void put(UserId user, RoomId room, String name, ObjectNode tag) {
    checkName(name);
    JsonNode order = tag.get("order");
    if (order != null
        && !(order.isNumber() && order.doubleValue() >= 0 && order.doubleValue() <= 1)) {
      throw MatrixException.badJson("The 'order' of a tag is a number from 0 to 1.");
    }
    accountData.update(
        user,
        room,
        AccountData.TAGS,
        content -> {
          tags(content).set(name, tag);
          return content;
        });
  }

  /// Takes a tag off a room; it need not be there.
  public void delete(UserId user, RoomId room, String name) {
    checkName(name);
    if (!of(user, room).has(name)) {
      return;
    }
    accountData.update(
        user,
        room,
        AccountData.TAGS,
        content -> {
          tags(content).remove(name);
          return content;
        });
  }

  /// The `tags` within a content. A client may have set the content directly, to anything.
  private static ObjectNode tags(ObjectNode content) {
    return content.get("tags") instanceof ObjectNode tags ? tags : content.putObject("tags");
  }

  private static void checkName(String name) {
    if (name.isEmpty() || name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
      throw MatrixException.invalidParam("A tag's name has 1 to 255 bytes.");
    }
  }
}
