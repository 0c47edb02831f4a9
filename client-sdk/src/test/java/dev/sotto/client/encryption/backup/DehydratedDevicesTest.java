package dev.sotto.client.encryption.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.encryption.backup.DehydrationException.Reason;
import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.megolm.KeyOrigin;
import dev.sotto.client.encryption.megolm.KnownSessions;
import dev.sotto.client.encryption.megolm.SessionFacts;
import dev.sotto.client.encryption.megolm.SessionName;
import dev.sotto.client.engine.PickleKey;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.protocol.crypto.JsonSignatures;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.json.Json;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class DehydratedDevicesTest {
  private final MemoryStore phoneStore = new MemoryStore();
  private final Owner phone = new Owner("PHONE", phoneStore);
  private final Owner laptop = new Owner("LAPTOP", new MemoryStore());
  private final Writer bob = new Writer();
  private final PickleKey key = PickleKey.generate(new SecureRandom());

  @BeforeEach
  void beginIdentity() {
    phone.beginIdentity();
  }

  @AfterEach
  void close() {
    phone.close();
    laptop.close();
    bob.close();
    key.close();
  }

  private ObjectNode made() throws DehydrationException {
    return phone.dehydrated.make(key, "asleep");
  }

  /// As others see it.
  private static Device device(ObjectNode body) {
    DeviceId id = new DeviceId(body.path("device_id").stringValue());
    return Device.of(Owner.ALICE, id, body.path("device_keys")).orElseThrow();
  }

  private static ObjectNode answer(ObjectNode body) {
    ObjectNode answer = Json.object();
    answer.set("device_id", body.path("device_id"));
    answer.set("device_data", body.path("device_data"));
    return answer;
  }

  private WokenDevice woken(ObjectNode body) throws DehydrationException {
    return laptop.dehydrated.wake(key, answer(body), laptop.roomKeys::heard);
  }

  private static ObjectNode events(JsonNode... events) {
    ObjectNode answer = Json.object();
    ArrayNode all = answer.putArray("events");
    List.of(events).forEach(all::add);
    return answer;
  }

  @Test
  void theNextDeviceReadsWhatWasSentWhileNobodyWasThere() throws DehydrationException {
    ObjectNode body = made();
    Device asleep = device(body);
    bob.begin(asleep, body.path("one_time_keys"));
    List<SessionName> names = new ArrayList<>();
    ObjectNode first = bob.roomKey(asleep, names);
    ObjectNode second = bob.roomKey(asleep, names);
    try (WokenDevice woken = woken(body)) {
      assertEquals(asleep.id(), woken.id());
      assertEquals(1, woken.receive(events(first)));
      assertEquals(1, woken.receive(events(second)));
      assertEquals(0, woken.receive(events()));
    }
    for (SessionName name : names) {
      SessionFacts facts = KnownSessions.facts(laptop.sessions, name).orElseThrow();
      assertEquals(KeyOrigin.ROOM_KEY, facts.origin());
      assertTrue(facts.proven());
    }
  }

  @Test
  void whatWasNotTakenIsReadByWhoeverWakesItAgain() throws DehydrationException {
    ObjectNode body = made();
    Device asleep = device(body);
    bob.begin(asleep, body.path("fallback_keys"));
    List<SessionName> names = new ArrayList<>();
    ObjectNode event = bob.roomKey(asleep, names);
    woken(body).close();
    try (WokenDevice woken = woken(body);
        WokenDevice again = woken(body)) {
      assertEquals(1, woken.receive(events(event)));
      assertEquals(0, woken.receive(events(event)), "a replay");
      assertEquals(1, again.receive(events(event)));
    }
    assertTrue(KnownSessions.facts(laptop.sessions, names.getFirst()).isPresent());
  }

  @Test
  void itIsSignedByItselfAndByItsUser() throws DehydrationException {
    ObjectNode body = made();
    ObjectNode deviceKeys = (ObjectNode) body.path("device_keys");
    Device asleep = device(body);
    VerifyKey selfSigning = phone.identities.of(Owner.ALICE).orElseThrow().selfSigning().key();
    assertTrue(
        JsonSignatures.verify(
            deviceKeys, Owner.ALICE.value(), "ed25519:" + selfSigning.base64(), selfSigning));
    assertTrue(deviceKeys.path("dehydrated").booleanValue());
    assertEquals(asleep.curve25519().base64(), asleep.id().value());
    assertEquals("asleep", body.path("initial_device_display_name").stringValue());
    assertEquals(50, body.path("one_time_keys").size());
    assertEquals(1, body.path("fallback_keys").size());
    for (String kind : List.of("one_time_keys", "fallback_keys")) {
      for (JsonNode one : body.path(kind)) {
        assertTrue(
            JsonSignatures.verify(
                (ObjectNode) one,
                Owner.ALICE.value(),
                "ed25519:" + asleep.id().value(),
                asleep.ed25519()));
      }
    }
    assertEquals(
        Set.of(
            "device_id",
            "device_data",
            "device_keys",
            "one_time_keys",
            "fallback_keys",
            "initial_device_display_name"),
        new HashSet<>(body.propertyNames()));
  }

  @Test
  void eachIsAnother() throws DehydrationException {
    assertNotEquals(device(made()).id(), device(made()).id());
  }

  @Test
  void withoutTheUsersIdentityNoneIsMade() {
    DehydrationException e =
        assertThrows(DehydrationException.class, () -> laptop.dehydrated.make(key, ""));
    assertEquals(Reason.NO_IDENTITY, e.reason());
  }

  @Test
  void onlyRoomKeysAreBelieved() throws DehydrationException {
    ObjectNode body = made();
    Device asleep = device(body);
    bob.begin(asleep, body.path("one_time_keys"));
    ObjectNode secret = bob.event(asleep, "m.secret.send", Json.object().put("secret", "a lie"));
    ObjectNode forwarded = bob.event(asleep, "m.forwarded_room_key", Json.object());
    List<String> heard = new ArrayList<>();
    try (WokenDevice woken =
        laptop.dehydrated.wake(key, answer(body), event -> heard.add(event.type()))) {
      assertEquals(0, woken.receive(events(secret, forwarded)));
    }
    assertEquals(List.of(), heard);
  }

  @Test
  void eventsThatMakeNoSenseDoNotSpoilTheOthers() throws DehydrationException {
    ObjectNode body = made();
    Device asleep = device(body);
    bob.begin(asleep, body.path("one_time_keys"));
    List<SessionName> names = new ArrayList<>();
    ObjectNode good = bob.roomKey(asleep, names);
    ObjectNode otherSender = bob.roomKey(asleep, names).put("sender", "@eve:localhost");
    ObjectNode clear = Json.object().put("type", "m.room_key").put("sender", "@bob:localhost");
    clear.putObject("content").put("session_key", "AAAA");
    try (WokenDevice woken = woken(body)) {
      assertEquals(
          1,
          woken.receive(
              events(
                  Json.parse("1"),
                  Json.parse("null"),
                  Json.object(),
                  clear,
                  Json.parse("{\"type\": \"m.room.encrypted\"}"),
                  Json.parse("{\"type\": \"m.room.encrypted\", \"sender\": \"\", \"content\": []}"),
                  good,
                  otherSender)));
      assertEquals(0, woken.receive(Json.object()));
      assertEquals(0, woken.receive(Json.parse("[1]")));
      assertEquals(0, woken.receive(Json.parse("{\"events\": {\"a\": 1}}")));
    }
    assertTrue(KnownSessions.facts(laptop.sessions, names.get(0)).isPresent());
    assertFalse(KnownSessions.facts(laptop.sessions, names.get(1)).isPresent());
  }

  private void assertNotWoken(Reason reason, ObjectNode answer) {
    DehydrationException e =
        assertThrows(
            DehydrationException.class,
            () -> laptop.dehydrated.wake(key, answer, _ -> {}),
            answer.toString());
    assertEquals(reason, e.reason(), answer.toString());
  }

  @Test
  void aDeviceThatIsNotWholeOrOfAnotherKindIsNotWoken() throws DehydrationException {
    ObjectNode good = answer(made());
    assertNotWoken(Reason.MALFORMED, Json.object());
    assertNotWoken(Reason.MALFORMED, good.deepCopy().put("device_id", ""));
    assertNotWoken(Reason.MALFORMED, good.deepCopy().put("device_id", 1));
    assertNotWoken(Reason.UNSUPPORTED, good.deepCopy().put("device_data", "?"));
    for (String part : List.of("device_pickle", "nonce")) {
      for (JsonNode value :
          List.of(
              Json.parse("1"), Json.parse("null"), Json.parse("\"" + "A".repeat(300_000) + "\""))) {
        ObjectNode answer = good.deepCopy();
        ((ObjectNode) answer.path("device_data")).set(part, value);
        assertNotWoken(Reason.MALFORMED, answer);
      }
      for (String value : List.of("", "!", "AAAA", "\u00e9")) {
        ObjectNode answer = good.deepCopy();
        ((ObjectNode) answer.path("device_data")).put(part, value);
        assertThrows(
            DehydrationException.class, () -> laptop.dehydrated.wake(key, answer, _ -> {}));
      }
    }
    ObjectNode older = good.deepCopy();
    ((ObjectNode) older.path("device_data")).put("algorithm", "org.matrix.msc3814.v1.olm");
    assertNotWoken(Reason.UNSUPPORTED, older);
  }

  @Test
  void anotherKeyWakesNothing() throws DehydrationException {
    ObjectNode answer = answer(made());
    try (PickleKey other = PickleKey.generate(new SecureRandom())) {
      DehydrationException e =
          assertThrows(
              DehydrationException.class, () -> laptop.dehydrated.wake(other, answer, _ -> {}));
      assertEquals(Reason.WRONG_KEY, e.reason());
    }
  }

  @Test
  void itIsReplacedOnceAWeekWhereTheKeyIsKept() {
    assertFalse(phone.dehydrated.isDue());
    phone.dehydrated.keep(key);
    assertEquals(Optional.of(key), phone.dehydrated.key());
    assertTrue(phone.dehydrated.isDue());
    phone.dehydrated.made();
    assertFalse(phone.dehydrated.isDue());
    phone.now = phone.now.plus(Duration.ofDays(7));
    assertTrue(phone.dehydrated.isDue());
    phone.dehydrated.forget();
    assertFalse(phone.dehydrated.isDue());
    assertEquals(Optional.empty(), phone.dehydrated.key());
  }
}
