package dev.sotto.spec.harness;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/// An Ed25519 key that signs JSON as clients do, and the JSON of such keys.
///
/// @spec https://spec.matrix.org/v1.19/appendices/#signing-json
public final class SigningKey {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final byte[] seed = new byte[Ed25519.SECRET_KEY_SIZE];
  private final byte[] publicKey = new byte[Ed25519.PUBLIC_KEY_SIZE];

  public SigningKey() {
    RANDOM.nextBytes(seed);
    Ed25519.generatePublicKey(seed, 0, publicKey, 0);
  }

  /// The public half in unpadded base64.
  public String publicKey() {
    return base64(publicKey);
  }

  /// A random Curve25519 key, or what looks like one.
  public static String curveKey() {
    byte[] key = new byte[32];
    RANDOM.nextBytes(key);
    return base64(key);
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().withoutPadding().encodeToString(bytes);
  }

  /// A copy of `object` with a further signature by `user`, filed under `ed25519:` and `keyName`.
  public Map<String, Object> sign(Map<String, Object> object, String user, String keyName) {
    Map<String, Object> content = new TreeMap<>(object);
    content.remove("signatures");
    content.remove("unsigned");
    byte[] message = json(content).getBytes(StandardCharsets.UTF_8);
    byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
    Ed25519.sign(seed, 0, message, 0, message.length, signature, 0);
    Map<String, Object> signed = new LinkedHashMap<>(object);
    Map<String, Object> all = copy(object.getOrDefault("signatures", Map.of()));
    Map<String, Object> own = copy(all.getOrDefault(user, Map.of()));
    own.put("ed25519:" + keyName, base64(signature));
    all.put(user, own);
    signed.put("signatures", all);
    return signed;
  }

  private static Map<String, Object> copy(Object object) {
    Map<String, Object> copy = new LinkedHashMap<>();
    if (object instanceof Map<?, ?> members) {
      members.forEach((key, value) -> copy.put(key.toString(), value));
    }
    return copy;
  }

  /// The identity keys of a user's device, signed by this, the device's key.
  public Map<String, Object> deviceKeys(User user) {
    return deviceKeys(user.id(), user.deviceId());
  }

  /// The identity keys of any device of a user.
  public Map<String, Object> deviceKeys(String user, String device) {
    return sign(
        Map.of(
            "user_id",
            user,
            "device_id",
            device,
            "algorithms",
            List.of("m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"),
            "keys",
            Map.of("curve25519:" + device, curveKey(), "ed25519:" + device, publicKey())),
        user,
        device);
  }

  /// A one-time key that this, the device's key, has signed.
  public Map<String, Object> oneTimeKey(User user) {
    return oneTimeKey(user.id(), user.deviceId());
  }

  /// A one-time key of any device of a user.
  public Map<String, Object> oneTimeKey(String user, String device) {
    return sign(Map.of("key", curveKey()), user, device);
  }

  /// This key as a cross-signing key, such as `master`, without a signature.
  public Map<String, Object> crossSigningKey(User user, String usage) {
    return Map.of(
        "user_id",
        user.id(),
        "usage",
        List.of(usage),
        "keys",
        Map.of("ed25519:" + publicKey(), publicKey()));
  }

  /// The canonical JSON of maps, lists, strings, numbers and booleans, as far as the tests need it.
  public static String json(Object value) {
    return switch (value) {
      case Map<?, ?> object ->
          new TreeMap<>(object)
              .entrySet().stream()
                  .map(member -> json(member.getKey()) + ":" + json(member.getValue()))
                  .collect(Collectors.joining(",", "{", "}"));
      case List<?> list ->
          list.stream().map(SigningKey::json).collect(Collectors.joining(",", "[", "]"));
      case String text -> '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
      default -> value.toString();
    };
  }
}
