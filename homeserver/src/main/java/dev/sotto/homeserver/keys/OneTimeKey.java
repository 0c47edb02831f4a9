package dev.sotto.homeserver.keys;

import dev.sotto.protocol.error.MatrixException;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A one-time or fallback key as a device uploads it.
///
/// @param publicKey the key itself in base64, which tells whether two uploads mean the same key
/// @param json what is handed out: a string, or an object with the key and its signatures
/// @spec https://spec.matrix.org/v1.19/client-server-api/#key-algorithms
public record OneTimeKey(String algorithm, String keyId, String publicKey, JsonNode json) {
  /// The algorithm of signed keys, the one that all clients use.
  public static final String SIGNED_CURVE25519 = "signed_curve25519";

  private static final int MAX_TEXT_BYTES = 255;
  private static final int MAX_JSON_BYTES = 4096;

  /// Reads a key by its name, after the gate let it in.
  interface Reader {
    OneTimeKey read(String name, JsonNode json);
  }

  /// Reads a member of `one_time_keys` or `fallback_keys`.
  ///
  /// @param name `algorithm:key_id`
  static OneTimeKey of(String name, JsonNode json) {
    int colon = name.indexOf(':');
    if (colon <= 0 || colon == name.length() - 1 || name.indexOf(':', colon + 1) >= 0) {
      throw MatrixException.badJson("The name of a key must be '<algorithm>:<key id>'.");
    }
    String algorithm = name.substring(0, colon);
    String publicKey;
    if (json instanceof ObjectNode object) {
      publicKey = KeyObjects.string(object, "key");
      if (!(object.get("signatures") instanceof ObjectNode)) {
        throw MatrixException.badJson("A key that is an object must have 'signatures'.");
      }
    } else if (json.isString() && !algorithm.equals(SIGNED_CURVE25519)) {
      publicKey = json.stringValue();
    } else {
      throw MatrixException.badJson("A key must be a string, or an object if it is signed.");
    }
    if (bytes(name) > MAX_TEXT_BYTES
        || bytes(publicKey) > MAX_TEXT_BYTES
        || bytes(json.toString()) > MAX_JSON_BYTES) {
      throw MatrixException.invalidParam("A key or its name is too long.");
    }
    return new OneTimeKey(algorithm, name.substring(colon + 1), publicKey, json);
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  OneTimeKey withJson(JsonNode admitted) {
    return new OneTimeKey(algorithm, keyId, publicKey, admitted);
  }

  /// `algorithm:key_id`, as in the APIs.
  String name() {
    return algorithm + ":" + keyId;
  }
}
