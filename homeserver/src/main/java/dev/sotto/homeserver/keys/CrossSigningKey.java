package dev.sotto.homeserver.keys;

import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.UserId;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// One of a user's cross-signing keys.
///
/// @param publicKey in unpadded base64
/// @param json as uploaded, with the signatures that everyone may see
/// @spec https://spec.matrix.org/v1.19/client-server-api/#cross-signing
record CrossSigningKey(Usage usage, String publicKey, ObjectNode json) {
  private static final int MAX_JSON_LENGTH = 16_384;

  /// What a cross-signing key signs.
  enum Usage {
    MASTER("master"),
    SELF_SIGNING("self_signing"),
    USER_SIGNING("user_signing");

    private final String wireName;

    Usage(String wireName) {
      this.wireName = wireName;
    }

    String wireName() {
      return wireName;
    }

    static Usage named(String name) {
      for (Usage usage : values()) {
        if (usage.wireName.equals(name)) {
          return usage;
        }
      }
      throw new IllegalArgumentException("no usage of a cross-signing key is called so");
    }
  }

  /// Reads an uploaded key; its signatures are not looked at.
  static CrossSigningKey of(Usage usage, ObjectNode json, UserId user) {
    Map<String, String> keys = KeyObjects.stringMap(json, "keys");
    if (!KeyObjects.string(json, "user_id").equals(user.value())
        || !KeyObjects.strings(json, "usage").contains(usage.wireName)
        || keys.size() != 1
        || json.toString().length() > MAX_JSON_LENGTH) {
      throw invalid(usage);
    }
    Map.Entry<String, String> key = keys.entrySet().iterator().next();
    if (!KeyObjects.isKey(key.getValue())
        || !key.getKey().equals(KeyObjects.ED25519 + key.getValue())) {
      throw invalid(usage);
    }
    return new CrossSigningKey(usage, key.getValue(), json);
  }

  private static MatrixException invalid(Usage usage) {
    return MatrixException.invalidParam(
        "The "
            + usage.wireName
            + " key must name you, its usage and one Ed25519 key in unpadded base64.");
  }

  /// What its signatures are filed under.
  String keyId() {
    return KeyObjects.ED25519 + publicKey;
  }

  VerifyKey verifyKey() {
    return VerifyKey.ofBase64(publicKey);
  }

  CrossSigningKey withJson(ObjectNode other) {
    return new CrossSigningKey(usage, publicKey, other);
  }
}
