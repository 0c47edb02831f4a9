package dev.sotto.client.encryption.identity;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.protocol.crypto.JsonSignatures;
import dev.sotto.protocol.crypto.SigningKey;
import dev.sotto.protocol.crypto.UnpaddedBase64;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// A user with private keys, who says what a server says of keys.
final class Person {
  private static final SecureRandom RANDOM = new SecureRandom();

  final UserId user;
  final SigningKey master = PrivateKeys.generate(RANDOM);
  final SigningKey selfSigning = PrivateKeys.generate(RANDOM);
  final SigningKey userSigning = PrivateKeys.generate(RANDOM);
  final ObjectNode masterKey;
  final ObjectNode selfSigningKey;
  final ObjectNode userSigningKey;
  final List<ObjectNode> devices = new ArrayList<>();

  Person(String user) {
    this.user = new UserId(user);
    masterKey = key("master", master);
    selfSigningKey = signed(key("self_signing", selfSigning), master);
    userSigningKey = signed(key("user_signing", userSigning), master);
  }

  ObjectNode key(String usage, SigningKey key) {
    ObjectNode json = Json.object().put("user_id", user.value());
    json.putArray("usage").add(usage);
    json.putObject("keys").put(key.keyId(), key.verifyKey().base64());
    return json;
  }

  ObjectNode signed(ObjectNode object, SigningKey by) {
    return JsonSignatures.sign(object, user.value(), by);
  }

  VerifyKey masterVerifyKey() {
    return master.verifyKey();
  }

  /// A new device that this user has not signed.
  Device device(String id) {
    try (SigningKey key = SigningKey.generate(RANDOM);
        SigningKey named = SigningKey.of("ed25519:" + id, key.seed())) {
      byte[] curve25519 = new byte[32];
      RANDOM.nextBytes(curve25519);
      ObjectNode json = Json.object().put("user_id", user.value()).put("device_id", id);
      json.putArray("algorithms").add("m.olm.v1.curve25519-aes-sha2");
      json.putObject("keys")
          .put("curve25519:" + id, UnpaddedBase64.encode(curve25519))
          .put("ed25519:" + id, named.verifyKey().base64());
      return device(signed(json, named));
    }
  }

  Device device(ObjectNode json) {
    return Device.of(user, new DeviceId(json.path("device_id").stringValue()), json).orElseThrow();
  }

  /// A new device that this user has signed.
  Device signedDevice(String id) {
    return device(signed(device(id).json(), selfSigning));
  }

  /// What the server says of this user.
  ObjectNode answer() {
    return answer(Json.object());
  }

  /// What the server says of this user beside others.
  ObjectNode answer(ObjectNode answer) {
    answer.withObjectProperty("master_keys").set(user.value(), masterKey.deepCopy());
    answer.withObjectProperty("self_signing_keys").set(user.value(), selfSigningKey.deepCopy());
    answer.withObjectProperty("user_signing_keys").set(user.value(), userSigningKey.deepCopy());
    ObjectNode all = answer.withObjectProperty("device_keys").withObjectProperty(user.value());
    devices.forEach(device -> all.set(device.path("device_id").stringValue(), device.deepCopy()));
    return answer;
  }
}
