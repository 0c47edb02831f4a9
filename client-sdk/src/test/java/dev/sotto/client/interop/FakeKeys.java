package dev.sotto.client.interop;

import dev.sotto.client.interop.FakeHomeserver.Endpoint;
import dev.sotto.protocol.crypto.JsonSignatures;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The public keys at a [FakeHomeserver]. It is stricter than a server has to be: what is not
/// signed as it should be, or was uploaded before as something else, ends the test.
final class FakeKeys {
  private static final String CURVE25519 = "signed_curve25519";
  private static final List<String> KINDS =
      List.of("master_key", "self_signing_key", "user_signing_key");

  private record Named(String id, JsonNode key) {}

  /// The keys of one device that are handed out.
  private static final class Stock {
    final Map<String, JsonNode> oneTimeEver = new HashMap<>();
    final Map<String, JsonNode> fallbackEver = new HashMap<>();
    final ArrayDeque<Named> oneTime = new ArrayDeque<>();
    @Nullable Named fallback;
    boolean fallbackUsed;
    int claims;
  }

  private final Map<UserId, Map<String, ObjectNode>> devices = new HashMap<>();
  private final Map<Endpoint, Stock> stocks = new HashMap<>();
  private final Map<UserId, Map<String, ObjectNode>> identities = new HashMap<>();

  /// Signatures of others' master keys, seen by their signer alone: by signer, then signed user.
  private final Map<UserId, Map<UserId, ObjectNode>> opinions = new HashMap<>();

  private Stock stock(Endpoint endpoint) {
    return stocks.computeIfAbsent(endpoint, _ -> new Stock());
  }

  /// Takes device, one-time and fallback keys; says whether the device is another one than before.
  boolean upload(Endpoint from, ObjectNode body) {
    boolean changed = false;
    if (body.get("device_keys") instanceof ObjectNode keys && !keys.isEmpty()) {
      changed = uploadDevice(from, keys);
    }
    Stock stock = stock(from);
    body.path("one_time_keys")
        .forEachEntry(
            (id, key) -> {
              if (isNew(from, stock.oneTimeEver, id, key)) {
                stock.oneTime.add(new Named(id, key));
              }
            });
    body.path("fallback_keys")
        .forEachEntry(
            (id, key) -> {
              if (isNew(from, stock.fallbackEver, id, key)) {
                stock.fallback = new Named(id, key);
                stock.fallbackUsed = false;
              }
            });
    return changed;
  }

  private boolean uploadDevice(Endpoint from, ObjectNode keys) {
    requireSigned(keys, from.user(), "ed25519:" + from.device().value(), deviceKey(from, keys));
    Map<String, ObjectNode> all = devices.computeIfAbsent(from.user(), _ -> new HashMap<>());
    ObjectNode before = all.put(from.device().value(), keys.deepCopy());
    if (before != null && !before.path("keys").equals(keys.path("keys"))) {
      throw new IllegalStateException("the keys of " + from + " have changed");
    }
    return !keys.equals(before);
  }

  private static VerifyKey deviceKey(Endpoint from, JsonNode keys) {
    String id = "ed25519:" + from.device().value();
    return VerifyKey.ofBase64(keys.path("keys").path(id).stringValue());
  }

  private boolean isNew(Endpoint from, Map<String, JsonNode> ever, String id, JsonNode key) {
    JsonNode before = ever.put(id, key);
    if (before != null && !before.equals(key)) {
      throw new IllegalStateException(from + " uploads another one-time key as " + id);
    }
    JsonNode device = device(from);
    String name = "ed25519:" + from.device().value();
    requireSigned((ObjectNode) key, from.user(), name, deviceKey(from, device));
    return before == null;
  }

  private static void requireSigned(ObjectNode signed, UserId by, String name, VerifyKey key) {
    if (!JsonSignatures.verify(signed, by.value(), name, key)) {
      throw new IllegalStateException(by + " has not signed " + signed + " with " + name);
    }
  }

  ObjectNode counts(Endpoint of) {
    return Json.object().put(CURVE25519, stock(of).oneTime.size());
  }

  List<String> unusedFallback(Endpoint of) {
    Stock stock = stock(of);
    return stock.fallback == null || stock.fallbackUsed ? List.of() : List.of(CURVE25519);
  }

  /// How many of a device's keys were given out.
  int claims(Endpoint of) {
    return stock(of).claims;
  }

  /// Drops a device's one-time keys, as if others had claimed them all.
  void useUp(Endpoint of) {
    stock(of).oneTime.clear();
  }

  ObjectNode claim(ObjectNode body) {
    ObjectNode answer = Json.object();
    answer.putObject("failures");
    ObjectNode keys = answer.putObject("one_time_keys");
    body.path("one_time_keys")
        .forEachEntry(
            (user, wanted) ->
                wanted.forEachEntry(
                    (device, _) -> {
                      Endpoint of = new Endpoint(new UserId(user), new DeviceId(device));
                      Named key = take(stock(of));
                      if (key != null) {
                        keys.withObjectProperty(user)
                            .putObject(device)
                            .set(key.id(), key.key().deepCopy());
                      }
                    }));
    return answer;
  }

  private static @Nullable Named take(Stock stock) {
    Named key = stock.oneTime.poll();
    if (key == null && stock.fallback != null) {
      stock.fallbackUsed = true;
      key = stock.fallback;
    }
    stock.claims += key == null ? 0 : 1;
    return key;
  }

  ObjectNode query(UserId asker, ObjectNode body) {
    ObjectNode answer = Json.object();
    answer.putObject("failures");
    ObjectNode found = answer.putObject("device_keys");
    KINDS.forEach(kind -> answer.putObject(kind + "s"));
    body.path("device_keys")
        .forEachEntry(
            (name, _) -> {
              UserId user = new UserId(name);
              ObjectNode of = found.putObject(name);
              devices
                  .getOrDefault(user, Map.of())
                  .forEach((id, keys) -> of.set(id, keys.deepCopy()));
              identities
                  .getOrDefault(user, Map.of())
                  .forEach((kind, key) -> show(answer, kind, asker, user, key));
            });
    return answer;
  }

  private void show(ObjectNode answer, String kind, UserId asker, UserId user, ObjectNode key) {
    if (kind.equals("user_signing_key") && !asker.equals(user)) {
      return;
    }
    ObjectNode shown = key.deepCopy();
    ObjectNode opinion = opinions.getOrDefault(asker, Map.of()).get(user);
    if (kind.equals("master_key") && opinion != null) {
      merge(shown, opinion, asker);
    }
    answer.withObjectProperty(kind + "s").set(user.value(), shown);
  }

  /// Adds one signer's signatures of an object to those that it has.
  private static void merge(ObjectNode into, JsonNode from, UserId signer) {
    ObjectNode signatures =
        into.withObjectProperty("signatures").withObjectProperty(signer.value());
    from.path("signatures").path(signer.value()).forEachEntry(signatures::set);
  }

  /// Takes new cross-signing keys of a user; those of before, and what was signed of them, are
  /// gone.
  void uploadIdentity(UserId user, ObjectNode body) {
    Map<String, ObjectNode> keys = new LinkedHashMap<>();
    for (String kind : KINDS) {
      keys.put(kind, (ObjectNode) body.required(kind).deepCopy());
    }
    identities.put(user, keys);
    opinions.values().forEach(of -> of.remove(user));
    ObjectNode master = identity(user, "master_key");
    for (String kind : KINDS.subList(1, KINDS.size())) {
      requireSigned(identity(user, kind), user, onlyName(master), onlyKey(master));
    }
  }

  /// A user's cross-signing key.
  ObjectNode identity(UserId user, String kind) {
    ObjectNode key = identities.getOrDefault(user, Map.of()).get(kind);
    if (key == null) {
      throw new IllegalStateException(user + " has no " + kind);
    }
    return key;
  }

  private static String onlyName(ObjectNode key) {
    return key.path("keys").propertyNames().iterator().next();
  }

  private static VerifyKey onlyKey(ObjectNode key) {
    String name = onlyName(key);
    return VerifyKey.ofBase64(name.substring("ed25519:".length()));
  }

  /// Takes signatures of devices and master keys; says whose keys have new ones.
  List<UserId> sign(UserId signer, ObjectNode body) {
    body.forEachEntry(
        (name, signed) ->
            signed.forEachEntry(
                (id, object) -> sign(signer, new UserId(name), id, (ObjectNode) object)));
    return body.propertyNames().stream().map(UserId::new).toList();
  }

  private void sign(UserId signer, UserId user, String id, ObjectNode object) {
    ObjectNode device = devices.getOrDefault(user, Map.of()).get(id);
    ObjectNode master = identities.getOrDefault(user, Map.of()).get("master_key");
    if (device != null) {
      ObjectNode by = identity(user, "self_signing_key");
      requireSigned(object, signer, onlyName(by), onlyKey(by));
      merge(device, object, signer);
    } else if (master == null || !onlyName(master).equals("ed25519:" + id)) {
      throw new IllegalStateException(user + " has no key " + id);
    } else if (signer.equals(user)) {
      merge(master, object, signer);
    } else {
      ObjectNode by = identity(signer, "user_signing_key");
      requireSigned(object, signer, onlyName(by), onlyKey(by));
      opinions.computeIfAbsent(signer, _ -> new HashMap<>()).put(user, object.deepCopy());
    }
  }

  /// A device's keys with all signatures, for a test to look at or to change.
  ObjectNode device(Endpoint endpoint) {
    ObjectNode keys =
        devices.getOrDefault(endpoint.user(), Map.of()).get(endpoint.device().value());
    if (keys == null) {
      throw new IllegalStateException(endpoint + " has uploaded no keys");
    }
    return keys;
  }

  /// Takes a device away, as its logout does.
  void remove(Endpoint endpoint) {
    devices.getOrDefault(endpoint.user(), new HashMap<>()).remove(endpoint.device().value());
    stocks.remove(endpoint);
  }
}
