package dev.sotto.homeserver.keys;

import dev.sotto.homeserver.blindness.EncryptionPolicy;
import dev.sotto.homeserver.blindness.Gate;
import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.devices.Devices;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Topics;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.crypto.JsonSignatures;
import dev.sotto.protocol.crypto.SigningKey;
import dev.sotto.protocol.crypto.UnpaddedBase64;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/// The services of this package over a database in memory, and what clients make.
final class KeyStation implements AutoCloseable {
  final Database database = Database.inMemory(UUID.randomUUID().toString());
  Journal journal = new Journal(database);
  Users users = new Users(database, journal);
  Devices devices =
      new Devices(
          database,
          journal,
          new Gate(EncryptionPolicy.OPTIONAL),
          new SecureRandom(),
          Clock.systemUTC());

  /// Who shares the one room 7.
  final Set<UserId> inRoom = new HashSet<>();

  KeyServices keys = open();

  private KeyServices open() {
    return KeyServices.over(
        database,
        journal,
        users,
        devices,
        new SharedRooms() {
          @Override
          public long[] topics(UserId user) {
            long own = Topics.user(users.number(user));
            return inRoom.contains(user) ? new long[] {own, Topics.room(7)} : new long[] {own};
          }

          @Override
          public Set<UserId> sharing(UserId user) {
            return inRoom.contains(user) ? Set.copyOf(inRoom) : Set.of();
          }
        },
        new Gate(EncryptionPolicy.OPTIONAL));
  }

  /// The same server after a restart.
  void reopen() {
    journal.close();
    journal = new Journal(database);
    users = new Users(database, journal);
    devices =
        new Devices(
            database,
            journal,
            new Gate(EncryptionPolicy.OPTIONAL),
            new SecureRandom(),
            Clock.systemUTC());
    keys = open();
  }

  @Override
  public void close() {
    journal.close();
    database.close();
  }

  /// A device with its keys, known to the server.
  Phone phone(UserId user, String id) {
    long number = users.number(user);
    DeviceId device = new DeviceId(id);
    journal.write(tx -> devices.ensure(tx, number, device, id + "'s name"));
    return new Phone(user, number, device, signingKey("ed25519:" + id, user + id));
  }

  static SigningKey signingKey(String keyId, String seed) {
    byte[] bytes = Arrays.copyOf(seed.getBytes(StandardCharsets.UTF_8), 32);
    bytes[31] = (byte) seed.hashCode();
    return SigningKey.of(keyId, bytes);
  }

  static String curveKey(String seed) {
    return UnpaddedBase64.encode(Arrays.copyOf(seed.getBytes(StandardCharsets.UTF_8), 32));
  }

  static ObjectNode signed(ObjectNode json, UserId by, SigningKey key) {
    return JsonSignatures.sign(json, by.value(), key);
  }

  /// A client on one device.
  record Phone(UserId user, long number, DeviceId id, SigningKey key) {
    ObjectNode identity() {
      ObjectNode json = Json.object();
      json.put("user_id", user.value());
      json.put("device_id", id.value());
      json.putArray("algorithms").add("m.olm.v1.curve25519-aes-sha2").add("m.megolm.v1.aes-sha2");
      json.putObject("keys")
          .put("curve25519:" + id, curveKey(id.value()))
          .put("ed25519:" + id, key.verifyKey().base64());
      return signed(json, user, key);
    }

    ObjectNode oneTimeKey(String value) {
      return signed(Json.object().put("key", curveKey(value)), user, key);
    }

    ObjectNode fallbackKey(String value) {
      return signed(Json.object().put("key", curveKey(value)).put("fallback", true), user, key);
    }

    /// The body of an upload of one-time keys, each named like its value.
    ObjectNode oneTimeKeys(String... names) {
      ObjectNode body = Json.object();
      ObjectNode all = body.putObject("one_time_keys");
      for (String name : names) {
        all.set("signed_curve25519:" + name, oneTimeKey(name));
      }
      return body;
    }

    Map<String, Long> upload(KeyStation station, ObjectNode body) {
      return station
          .keys
          .deviceKeys()
          .upload(user, id, KeyUpload.of(body, user, id, station.keys.gate()));
    }

    void uploadIdentity(KeyStation station) {
      ObjectNode body = Json.object();
      body.set("device_keys", identity());
      upload(station, body);
    }

    /// The name of the key that a claim of one gives, or "" if there is none.
    String claim(KeyStation station) {
      return String.join(
          ",",
          station
              .keys
              .oneTimeKeys()
              .claim(Map.of(user, Map.of(id.value(), "signed_curve25519")))
              .keys()
              .getOrDefault(user, Map.of())
              .getOrDefault(id.value(), Map.of())
              .keySet());
    }
  }

  /// A user's cross-signing keys.
  record Identity(UserId user, SigningKey master, SigningKey selfSigning, SigningKey userSigning) {
    static Identity of(UserId user, String seed) {
      return new Identity(user, key(seed + "m"), key(seed + "s"), key(seed + "u"));
    }

    private static SigningKey key(String seed) {
      String publicKey = signingKey("ed25519:x", seed).verifyKey().base64();
      return signingKey("ed25519:" + publicKey, seed);
    }

    static String publicKey(SigningKey key) {
      return key.verifyKey().base64();
    }

    ObjectNode json(SigningKey key, String usage) {
      ObjectNode json = Json.object().put("user_id", user.value());
      json.putArray("usage").add(usage);
      json.putObject("keys").put(key.keyId(), publicKey(key));
      return json;
    }

    ObjectNode masterJson() {
      return json(master, "master");
    }

    /// The body of an upload of all three.
    ObjectNode body() {
      ObjectNode body = Json.object();
      body.set("master_key", masterJson());
      body.set("self_signing_key", signed(json(selfSigning, "self_signing"), user, master));
      body.set("user_signing_key", signed(json(userSigning, "user_signing"), user, master));
      return body;
    }

    boolean upload(KeyStation station, boolean authenticated) {
      return station
          .keys
          .crossSigning()
          .upload(user, CrossSigningUpload.of(body(), user, station.keys.gate()), authenticated);
    }
  }
}
