package dev.sotto.homeserver.keys;

import dev.sotto.protocol.crypto.JsonSignatures;
import dev.sotto.protocol.crypto.UnpaddedBase64;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads and compares signed key objects: `{..., "keys": {...}, "signatures": {...}}`.
final class KeyObjects {
  static final String ED25519 = "ed25519:";
  private static final int KEY_BYTES = 32;

  private KeyObjects() {}

  static MatrixException badSignature(String message) {
    return new MatrixException(ErrorCode.M_INVALID_SIGNATURE, message);
  }

  /// The object without what its signatures do not cover.
  static ObjectNode content(ObjectNode key) {
    ObjectNode content = key.deepCopy();
    content.remove(List.of("signatures", "unsigned"));
    return content;
  }

  /// Whether two objects are the same but for signatures and `unsigned`.
  static boolean sameContent(ObjectNode one, ObjectNode other) {
    return content(one).equals(content(other));
  }

  /// The signatures by `user`, by key id; empty where there are none or they are malformed.
  static Map<String, String> signaturesBy(ObjectNode key, UserId user) {
    Map<String, String> signatures = new HashMap<>();
    if (key.get("signatures") instanceof ObjectNode all
        && all.get(user.value()) instanceof ObjectNode own) {
      own.properties()
          .forEach(
              entry -> {
                if (entry.getValue().isString()) {
                  signatures.put(entry.getKey(), entry.getValue().stringValue());
                }
              });
    }
    return signatures;
  }

  /// A copy of the object that carries these signatures by `user` and no others.
  static ObjectNode withSignatures(ObjectNode key, UserId user, Map<String, String> signatures) {
    ObjectNode copy = content(key);
    if (!signatures.isEmpty()) {
      ObjectNode own = copy.putObject("signatures").putObject(user.value());
      signatures.forEach(own::put);
    }
    return copy;
  }

  /// A copy of the object with one more signature.
  static ObjectNode plusSignature(ObjectNode key, UserId signer, String keyId, String signature) {
    ObjectNode copy = key.deepCopy();
    ObjectNode all =
        copy.get("signatures") instanceof ObjectNode there ? there : copy.putObject("signatures");
    ObjectNode own =
        all.get(signer.value()) instanceof ObjectNode there ? there : all.putObject(signer.value());
    own.put(keyId, signature);
    return copy;
  }

  static boolean isSigned(ObjectNode key, UserId user, String keyId, VerifyKey by) {
    return JsonSignatures.verify(key, user.value(), keyId, by);
  }

  /// The Ed25519 key of a device, from its identity keys; null if it has none.
  static @Nullable VerifyKey signingKey(ObjectNode deviceKeys, String deviceId) {
    JsonNode key = deviceKeys.path("keys").path(ED25519 + deviceId);
    return key.isString() && isKey(key.stringValue())
        ? VerifyKey.ofBase64(key.stringValue())
        : null;
  }

  /// Whether this is 32 bytes in unpadded base64, written in the one canonical way.
  static boolean isKey(String base64) {
    try {
      byte[] bytes = UnpaddedBase64.decode(base64);
      return bytes.length == KEY_BYTES && UnpaddedBase64.encode(bytes).equals(base64);
    } catch (MatrixException _) {
      return false;
    }
  }

  /// The member that must be a string, else `M_BAD_JSON`.
  static String string(ObjectNode object, String name) {
    JsonNode value = object.get(name);
    if (value == null || !value.isString()) {
      throw MatrixException.badJson("'" + name + "' must be a string.");
    }
    return value.stringValue();
  }

  /// The member that must be a list of strings, else `M_BAD_JSON`.
  static List<String> strings(ObjectNode object, String name) {
    JsonNode value = object.get(name);
    if (value == null || !value.isArray()) {
      throw MatrixException.badJson("'" + name + "' must be a list of strings.");
    }
    List<String> strings = new ArrayList<>(value.size());
    for (JsonNode element : value) {
      if (!element.isString()) {
        throw MatrixException.badJson("'" + name + "' must be a list of strings.");
      }
      strings.add(element.stringValue());
    }
    return strings;
  }

  /// The member that must be an object of strings, else `M_BAD_JSON`.
  static Map<String, String> stringMap(ObjectNode object, String name) {
    if (!(object.get(name) instanceof ObjectNode members)) {
      throw MatrixException.badJson("'" + name + "' must be an object.");
    }
    Map<String, String> map = new HashMap<>();
    members
        .properties()
        .forEach(
            member -> {
              if (!member.getValue().isString()) {
                throw MatrixException.badJson("'" + name + "' must hold strings only.");
              }
              map.put(member.getKey(), member.getValue().stringValue());
            });
    return map;
  }
}
