package dev.sotto.client.encryption.megolm;

import dev.sotto.client.encryption.identity.DeviceTrust;
import dev.sotto.client.engine.EngineException;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Whatever others send, nothing but the named outcomes comes of it.
class HostileTest {
  private static final List<JsonNode> STRANGE =
      List.of(
          Json.parse("null"),
          Json.parse("true"),
          Json.parse("-1"),
          Json.parse("1.5"),
          Json.parse("1e300"),
          Json.parse("99999999999999999999999"),
          Json.parse("\"\""),
          Json.parse("\"\\u0000\\ud800 !@$\""),
          Json.parse("\"!\\ud800:a\""),
          Json.parse("\"" + "A".repeat(100_000) + "\""),
          Json.parse("\"" + "A".repeat(43) + "\""),
          Json.parse("[]"),
          Json.parse("[[{}]]"),
          Json.parse("{}"),
          Json.parse("{\"a\": {\"a\": []}}"));

  private final Party alice = new Party("@alice:a.org", "PHONE", new MemoryStore());
  private final Party tablet = new Party("@alice:a.org", "TABLET", new MemoryStore());
  private final Party bob = new Party("@bob:b.org", "LAPTOP", new MemoryStore());
  private final Voice voice = new Voice(bob);

  @AfterEach
  void close() {
    voice.close();
    alice.close();
    tablet.close();
    bob.close();
  }

  /// The objects that differ from this one in one member, at any depth.
  private static List<ObjectNode> variants(ObjectNode object) {
    List<ObjectNode> variants = new ArrayList<>();
    for (String member : object.propertyNames()) {
      for (JsonNode strange : STRANGE) {
        ObjectNode variant = object.deepCopy();
        variant.set(member, strange);
        variants.add(variant);
      }
      ObjectNode without = object.deepCopy();
      without.remove(member);
      variants.add(without);
      if (object.get(member) instanceof ObjectNode inner) {
        for (ObjectNode changed : variants(inner)) {
          ObjectNode variant = object.deepCopy();
          variant.set(member, changed);
          variants.add(variant);
        }
      }
    }
    return variants;
  }

  private static void each(ObjectNode object, Consumer<ObjectNode> consumer) {
    variants(object).forEach(consumer);
    consumer.accept(object);
  }

  @Test
  void ofEventsOfRooms() {
    voice.sharesWith(alice);
    ObjectNode event = voice.text("hello");
    ((ObjectNode) event.path("content")).putObject("m.relates_to").put("rel_type", "x");
    each(event, alice::text);
  }

  @Test
  void ofEncryptedContents() {
    voice.sharesWith(alice);
    ObjectNode plain = Json.object().put("type", "m.x").put("room_id", Party.ROOM.value());
    plain.putObject("content").putObject("m.relates_to");
    each(plain, variant -> alice.text(voice.encrypts(variant.toString())));
  }

  @Test
  void ofEventsToDevices() throws EngineException {
    alice.trust.put(tablet.id, DeviceTrust.VERIFIED);
    alice.knows(alice, tablet);
    alice.text(voice.text("unknown"));
    ObjectNode file = Json.object().put("url", "mxc://a.org/x").put("v", "v2").put("iv", "A");
    file.putObject("key").put("kty", "oct").put("alg", "A256CTR").put("k", "A".repeat(43));
    file.putObject("hashes").put("sha256", "A".repeat(43));
    ObjectNode bundle = Json.object().put("room_id", Party.ROOM.value());
    bundle.set("file", file);
    each(bundle, variant -> alice.keys.heard(tablet.says("m.room_key_bundle", variant)));
    each(
        voice.exported().forwarded(),
        variant -> alice.keys.heard(tablet.says("m.forwarded_room_key", variant)));
    each(
        voice.roomKey(Party.ROOM).put("shared_history", true),
        variant -> alice.keys.heard(bob.says("m.room_key", variant)));
    alice.keys.heard(bob.says("m.unheard_of", Json.object()));
  }

  @Test
  void ofEventsToDevicesThatAreNotEncrypted() {
    alice.trust.put(tablet.id, DeviceTrust.VERIFIED);
    alice.knows(alice, tablet);
    voice.sharesWith(alice);
    ObjectNode request =
        Json.object()
            .put("action", "request")
            .put("requesting_device_id", "TABLET")
            .put("request_id", "1");
    ObjectNode named =
        Json.object()
            .put("algorithm", "m.megolm.v1.aes-sha2")
            .put("room_id", Party.ROOM.value())
            .put("session_id", voice.session.id())
            .put("sender_key", bob.account.keys().curve25519Key().base64());
    request.set("body", named);
    each(tablet.event("m.room_key_request", request), alice.keys::heardInClear);
    each(
        bob.event("m.room_key.withheld", named.put("code", "m.unverified")),
        alice.keys::heardInClear);
    each(bob.event("m.room_key.withheld", named.put("code", "m.no_olm")), alice.keys::heardInClear);
  }

  @Test
  void ofKeysInFilesAndBackupsAndOfSettings() throws EngineException {
    each(
        voice.exported().exported(),
        variant ->
            ExportedKey.of(variant)
                .ifPresent(key -> alice.keys.inbound().importKeys(List.of(key), KeyOrigin.EXPORT)));
    ObjectNode settings =
        Json.object()
            .put("algorithm", "m.megolm.v1.aes-sha2")
            .put("rotation_period_ms", 1)
            .put("rotation_period_msgs", 1);
    each(settings, variant -> alice.keys.rooms().heard(Party.ROOM, variant));
    alice.keys.rooms().heardVisibility(new RoomId("!x:y"), "\u0000");
  }
}
