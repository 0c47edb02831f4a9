package dev.sotto.client.session;

import dev.sotto.client.http.ServerAddress;
import dev.sotto.client.http.TokenPair;
import dev.sotto.client.memory.SecretText;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// All that a session needs to carry on after a restart, but for its encryption keys.
public record SavedSession(ServerAddress server, UserId user, DeviceId device, TokenPair tokens) {
  SavedSession with(TokenPair others) {
    return new SavedSession(server, user, device, others);
  }

  /// The same session, with the server reached by another address.
  public SavedSession at(ServerAddress other) {
    return new SavedSession(other, user, device, tokens);
  }

  /// As JSON, tokens included: whoever reads these bytes is this user. Keep them sealed, or where
  /// nobody else can read.
  public byte[] encode() {
    ObjectNode json = Json.object();
    json.put("homeserver", server.url().toString());
    json.put("in_the_clear", server.clearAllowed());
    json.put("user_id", user.value());
    json.put("device_id", device.value());
    json.put("access_token", tokens.access().text());
    SecretText refresh = tokens.refresh();
    if (refresh != null) {
      json.put("refresh_token", refresh.text());
    }
    return Json.bytes(json);
  }

  /// What [#encode] has written.
  ///
  /// @throws IllegalArgumentException if it is something else
  public static SavedSession decode(byte[] json) {
    try {
      ObjectNode saved = Json.parseObject(json);
      String url = text(saved, "homeserver");
      return new SavedSession(
          saved.path("in_the_clear").asBoolean(false)
              ? ServerAddress.inTheClear(url)
              : ServerAddress.of(url),
          new UserId(text(saved, "user_id")),
          new DeviceId(text(saved, "device_id")),
          TokenPair.read(saved, null));
    } catch (MatrixException e) {
      throw new IllegalArgumentException("This is no saved session: " + e.getMessage());
    }
  }

  static String text(ObjectNode json, String name) {
    JsonNode value = json.path(name);
    if (!value.isString()) {
      throw MatrixException.badJson("The member '" + name + "' is missing or not a string.");
    }
    return value.stringValue();
  }
}
