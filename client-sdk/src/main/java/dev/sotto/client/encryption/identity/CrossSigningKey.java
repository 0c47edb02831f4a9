package dev.sotto.client.encryption.identity;

import dev.sotto.protocol.crypto.JsonSignatures;
import dev.sotto.protocol.crypto.SigningKey;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.CanonicalJson.Numbers;
import dev.sotto.protocol.json.Json;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The public half of a cross-signing key.
///
/// @param json what signatures are made over, and a few signatures
/// @spec
///   https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysdevice_signingupload
public record CrossSigningKey(UserId user, KeyRole role, VerifyKey key, ObjectNode json) {
  private static final String ALGORITHM = "ed25519:";

  /// How large a key may be without its signatures; it takes some 200 bytes.
  private static final int MAX_BYTES = 4096;

  /// The key that `given` describes, without its signatures; empty if it is not exactly one key of
  /// this user for this role alone.
  static Optional<CrossSigningKey> of(UserId user, KeyRole role, JsonNode given) {
    JsonNode usage = given.path("usage");
    JsonNode keys = given.path("keys");
    if (!(given instanceof ObjectNode object)
        || !user.value().equals(object.path("user_id").stringValue(null))
        || !usage.isArray()
        || usage.size() != 1
        || !role.usage().equals(usage.path(0).stringValue(null))
        || !keys.isObject()
        || keys.size() != 1) {
      return Optional.empty();
    }
    Map.Entry<String, JsonNode> named = keys.properties().iterator().next();
    String base64 = named.getValue().stringValue(null);
    if (base64 == null || !named.getKey().equals(ALGORITHM + base64)) {
      return Optional.empty();
    }
    try {
      VerifyKey key = VerifyKey.ofBase64(base64);
      if (!key.base64().equals(base64)
          || JsonSignatures.signedBytes(object, Numbers.STRICT).length > MAX_BYTES) {
        return Optional.empty();
      }
      return Optional.of(new CrossSigningKey(user, role, key, signedPart(object)));
    } catch (MatrixException _) {
      return Optional.empty();
    }
  }

  /// As above, with the signature of the user's master key, which it must carry.
  static Optional<CrossSigningKey> of(
      UserId user, KeyRole role, JsonNode given, CrossSigningKey master) {
    return of(user, role, given)
        .filter(key -> !key.key.equals(master.key))
        .flatMap(key -> key.withSignature(given, master));
  }

  /// A new one for `pair`.
  static CrossSigningKey of(UserId user, KeyRole role, SigningKey pair) {
    ObjectNode json = Json.object().put("user_id", user.value());
    json.putArray("usage").add(role.usage());
    json.putObject("keys").put(pair.keyId(), pair.verifyKey().base64());
    return new CrossSigningKey(user, role, pair.verifyKey(), json);
  }

  /// This key with the signature by `signer` that `given` has of it; empty if it has none, or a
  /// wrong one.
  Optional<CrossSigningKey> withSignature(JsonNode given, CrossSigningKey signer) {
    return withSignature(given, signer.user, signer.keyId(), signer.key);
  }

  Optional<CrossSigningKey> withSignature(
      JsonNode given, UserId signer, String keyId, VerifyKey key) {
    if (!(given instanceof ObjectNode object)) {
      return Optional.empty();
    }
    String signature = JsonSignatures.signature(object, signer.value(), keyId);
    if (signature == null) {
      return Optional.empty();
    }
    ObjectNode signed = json.deepCopy();
    signed
        .withObjectProperty("signatures")
        .withObjectProperty(signer.value())
        .put(keyId, signature);
    return JsonSignatures.verify(signed, signer.value(), keyId, key)
        ? Optional.of(new CrossSigningKey(user, role, this.key, signed))
        : Optional.empty();
  }

  /// `object` without what signatures leave out.
  static ObjectNode signedPart(ObjectNode object) {
    ObjectNode part = Json.object();
    object.forEachEntry(
        (name, value) -> {
          if (!name.equals("signatures") && !name.equals("unsigned")) {
            part.set(name, value.deepCopy());
          }
        });
    return part;
  }

  /// What its signatures are filed under.
  public String keyId() {
    return keyId(key);
  }

  static String keyId(VerifyKey key) {
    return ALGORITHM + key.base64();
  }
}
