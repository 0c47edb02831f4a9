package dev.sotto.homeserver.keys;

import dev.sotto.homeserver.blindness.Gate;
import dev.sotto.homeserver.keys.CrossSigningKey.Usage;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.UserId;
import java.util.EnumMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The cross-signing keys that a user publishes at once.
public final class CrossSigningUpload {
  private final Map<Usage, CrossSigningKey> keys;

  private CrossSigningUpload(Map<Usage, CrossSigningKey> keys) {
    this.keys = keys;
  }

  /// Reads the body of `/keys/device_signing/upload` and asks the gate for each key.
  ///
  /// @throws MatrixException `M_BAD_JSON` or `M_INVALID_PARAM` if a key has a wrong form
  public static CrossSigningUpload of(ObjectNode body, UserId user, Gate gate) {
    Map<Usage, CrossSigningKey> keys = new EnumMap<>(Usage.class);
    for (Usage usage : Usage.values()) {
      String name = usage.wireName() + "_key";
      JsonNode key = body.get(name);
      if (key instanceof ObjectNode json) {
        keys.put(
            usage, CrossSigningKey.of(usage, json, user).withJson(gate.admitCrossSigningKey(json)));
      } else if (key != null && !key.isNull()) {
        throw MatrixException.badJson("'" + name + "' must be an object.");
      }
    }
    return new CrossSigningUpload(keys);
  }

  Map<Usage, CrossSigningKey> keys() {
    return keys;
  }
}
