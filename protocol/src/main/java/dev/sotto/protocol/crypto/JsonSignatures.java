package dev.sotto.protocol.crypto;

import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.json.CanonicalJson;
import dev.sotto.protocol.json.CanonicalJson.Numbers;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/// Signs JSON objects, and checks their signatures: `signatures.{entity}.{key id}` over the
/// canonical form without `signatures` and `unsigned`.
///
/// @spec https://spec.matrix.org/v1.19/appendices/#signing-json
public final class JsonSignatures {
  private static final Set<String> UNSIGNED = Set.of("signatures", "unsigned");

  private JsonSignatures() {}

  /// Adds `entity`'s signature to `object` itself and returns it; other signatures stay.
  ///
  /// @throws MatrixException `M_BAD_JSON` if the object has no canonical form or its `signatures`
  ///   are no object of objects
  public static ObjectNode sign(ObjectNode object, String entity, SigningKey key) {
    add(object, entity, key.keyId(), key.sign(signedBytes(object, Numbers.STRICT)));
    return object;
  }

  /// Files a signature that was made elsewhere over `signedBytes`.
  public static void add(ObjectNode object, String entity, String keyId, byte[] signature) {
    child(child(object, "signatures"), entity).put(keyId, UnpaddedBase64.encode(signature));
  }

  /// Whether `object` carries a signature by `entity` under `keyId` that `key` confirms. False for
  /// anything malformed.
  public static boolean verify(ObjectNode object, String entity, String keyId, VerifyKey key) {
    return verify(object, entity, keyId, key, Numbers.STRICT);
  }

  /// As above, for objects that may hold numbers that canonical JSON does not know.
  public static boolean verify(
      ObjectNode object, String entity, String keyId, VerifyKey key, Numbers numbers) {
    String signature = signature(object, entity, keyId);
    if (signature == null) {
      return false;
    }
    try {
      return key.verify(signedBytes(object, numbers), UnpaddedBase64.decode(signature));
    } catch (MatrixException _) {
      return false;
    }
  }

  /// The signature by `entity` under `keyId`, if there is one.
  public static @Nullable String signature(ObjectNode object, String entity, String keyId) {
    if (object.get("signatures") instanceof ObjectNode signatures
        && signatures.get(entity) instanceof ObjectNode own
        && own.get(keyId) instanceof StringNode signature) {
      return signature.stringValue();
    }
    return null;
  }

  /// What a signature of `object` is made over.
  public static byte[] signedBytes(ObjectNode object, Numbers numbers) {
    return CanonicalJson.encodeWithout(object, UNSIGNED, numbers);
  }

  private static ObjectNode child(ObjectNode parent, String name) {
    JsonNode existing = parent.get(name);
    if (existing == null) {
      return parent.putObject(name);
    }
    if (existing instanceof ObjectNode object) {
      return object;
    }
    throw MatrixException.badJson("'signatures' must be an object of objects.");
  }
}
