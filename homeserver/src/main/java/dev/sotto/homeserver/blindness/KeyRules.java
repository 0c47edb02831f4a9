package dev.sotto.homeserver.blindness;

import static dev.sotto.homeserver.blindness.ObjectShape.object;
import static dev.sotto.homeserver.blindness.Shapes.FLAG;
import static dev.sotto.homeserver.blindness.Shapes.INTEGER;
import static dev.sotto.homeserver.blindness.Shapes.NAME;
import static dev.sotto.homeserver.blindness.Shapes.OPAQUE;
import static dev.sotto.homeserver.blindness.Shapes.PADDED_BASE64;
import static dev.sotto.homeserver.blindness.Shapes.ROOM_ID;
import static dev.sotto.homeserver.blindness.Shapes.SHORT_BASE64;
import static dev.sotto.homeserver.blindness.Shapes.USER_ID;
import static dev.sotto.homeserver.blindness.Shapes.like;
import static dev.sotto.homeserver.blindness.Shapes.list;
import static dev.sotto.homeserver.blindness.Shapes.map;
import static dev.sotto.homeserver.blindness.Shapes.oneOf;

import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What keys that are published or backed up may hold: keys, signatures, and whose they are.
///
/// Most of it is signed, so that nothing can be left out of it: what is too much is refused.
final class KeyRules {
  private static final int MAX_KEYS = 16;
  private static final int MAX_SIGNATURES = 64;

  private static final Shape KEY_ID =
      like("an algorithm and a key id", "[A-Za-z0-9_.-]{1,64}:[!-~]{1,190}");
  private static final Shape ONE_TIME_KEY_ID =
      like("an algorithm and a short key id", "[A-Za-z0-9_.-]{1,64}:[A-Za-z0-9+/=_-]{1,64}");
  private static final Shape SIGNATURES =
      map(USER_ID, map(KEY_ID, SHORT_BASE64, MAX_SIGNATURES), MAX_SIGNATURES);

  /// @spec https://spec.matrix.org/v1.19/client-server-api/#device-keys
  private static final Shape DEVICE_KEYS =
      object()
          .needs("user_id", USER_ID)
          .needs("device_id", OPAQUE)
          .needs("algorithms", list(NAME, MAX_KEYS))
          .needs("keys", map(KEY_ID, SHORT_BASE64, MAX_KEYS))
          .needs("signatures", SIGNATURES)
          .may("dehydrated", FLAG)
          .may("unsigned", object())
          .nothingElse();

  /// @spec https://spec.matrix.org/v1.19/client-server-api/#cross-signing
  private static final Shape CROSS_SIGNING_KEY =
      object()
          .needs("user_id", USER_ID)
          .needs("usage", list(oneOf("master", "self_signing", "user_signing"), 3))
          .needs("keys", map(KEY_ID, SHORT_BASE64, 1))
          .may("signatures", SIGNATURES)
          .may("unsigned", object())
          .nothingElse();

  /// @spec
  ///   https://spec.matrix.org/v1.19/client-server-api/#backup-algorithm-mmegolm_backupv1curve25519-aes-sha2
  private static final Shape BACKED_UP_KEY =
      object()
          .needs("ciphertext", PADDED_BASE64)
          .needs("mac", PADDED_BASE64)
          .may("ephemeral", PADDED_BASE64)
          .may("iv", PADDED_BASE64)
          .nothingElse();

  /// The public half of a backup's key, or what proves that one has its only key; and what older
  /// apps keep here to make the key of a passphrase.
  private static final Shape BACKUP_AUTH =
      object()
          .may("public_key", SHORT_BASE64)
          .may("iv", PADDED_BASE64)
          .may("mac", PADDED_BASE64)
          .may("signatures", SIGNATURES)
          .may("private_key_salt", OPAQUE)
          .may("private_key_iterations", INTEGER)
          .may("private_key_bits", INTEGER)
          .nothingElse();

  /// The private keys of a device in an encrypted form, as each of the algorithms has it.
  ///
  /// @spec https://github.com/matrix-org/matrix-spec-proposals/pull/3814
  private static final Shape DEHYDRATED =
      object()
          .needs("algorithm", NAME)
          .needs("device_pickle", PADDED_BASE64)
          .may("nonce", SHORT_BASE64)
          .nothingElse();

  ObjectNode deviceKeys(ObjectNode keys) {
    return without((ObjectNode) DEVICE_KEYS.keep(keys), "unsigned");
  }

  ObjectNode crossSigningKey(ObjectNode key) {
    return without((ObjectNode) CROSS_SIGNING_KEY.keep(key), "unsigned");
  }

  /// Of its signatures, only the device's own is kept.
  JsonNode oneTimeKey(UserId user, DeviceId device, String name, JsonNode key) {
    ONE_TIME_KEY_ID.check(name);
    if (!(key instanceof ObjectNode)) {
      return SHORT_BASE64.keep(key);
    }
    Shape own = object().may(user.value(), object().may("ed25519:" + device.value(), SHORT_BASE64));
    Shape signed =
        object()
            .needs("key", SHORT_BASE64)
            .needs("signatures", own)
            .may("fallback", FLAG)
            .may("unsigned", object())
            .nothingElse();
    return without((ObjectNode) signed.keep(key), "unsigned");
  }

  ObjectNode dehydrated(ObjectNode device) {
    return (ObjectNode) DEHYDRATED.keep(device);
  }

  ObjectNode backupAuth(String algorithm, ObjectNode auth) {
    NAME.check(algorithm);
    return (ObjectNode) BACKUP_AUTH.keep(auth);
  }

  void backedUpKey(String room, String session, JsonNode sessionData) {
    ROOM_ID.check(room);
    PADDED_BASE64.check(session);
    BACKED_UP_KEY.keep(sessionData);
  }

  private static ObjectNode without(ObjectNode object, String name) {
    object.remove(name);
    return object;
  }
}
