package dev.sotto.client.interop;

import static dev.sotto.client.interop.Peer.settle;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.encryption.request.OutgoingRequest;
import dev.sotto.client.interop.Peer.Recipients;
import dev.sotto.client.interop.Reading.Cause;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Olm and Megolm from one machine to the other.
class MessagesTest extends InteropTest {
  private Peer alice;
  private Peer bob;
  private RoomId room;

  @BeforeEach
  void meet() {
    alice = machines.person(pairing.first, "alice");
    bob = machines.person(pairing.second, "bob");
    room = server.room(true, alice.user(), bob.user());
    settle(alice, bob);
  }

  /// The types of the Olm messages that a device has sent: 0 begins a session, 1 follows.
  private static List<Integer> olmTypes(Peer of) {
    List<Integer> types = new ArrayList<>();
    for (OutgoingRequest request : of.sent()) {
      if (request instanceof OutgoingRequest.ToDevice message
          && message.eventType().equals("m.room.encrypted")) {
        for (JsonNode devices : message.body().path("messages")) {
          for (JsonNode content : devices) {
            content.path("ciphertext").forEach(each -> types.add(each.path("type").intValue()));
          }
        }
      }
    }
    return types;
  }

  private ObjectNode encrypted(Peer by, String text) {
    ObjectNode content = Json.object().put("msgtype", "m.text").put("body", text);
    return by.encrypt(room, "m.room.message", content);
  }

  private ObjectNode arrived(Peer from, ObjectNode content) {
    return server.send(from.user(), room, "m.room.encrypted", content);
  }

  @Test
  void eachReadsWhatTheOtherSends() {
    String first = alice.say(room, "hello");
    settle(alice, bob);
    assertEquals("hello", read(bob, first).body());
    assertEquals(alice.user(), read(bob, first).sender());
    String second = bob.say(room, "hello yourself");
    String third = alice.say(room, "how are you?");
    settle(alice, bob);
    assertEquals("hello yourself", read(alice, second).body());
    assertEquals("how are you?", read(bob, third).body());
  }

  @Test
  void theFirstOlmMessageBeginsASessionAndTheAnswersGoOnInIt() {
    alice.say(room, "one");
    settle(alice, bob);
    bob.say(room, "two");
    settle(alice, bob);
    alice.rotate(room);
    String last = alice.say(room, "three");
    settle(alice, bob);
    assertEquals(List.of(0, 1), olmTypes(alice));
    assertEquals(List.of(1), olmTypes(bob));
    assertEquals("three", read(bob, last).body());
  }

  @Test
  void bothMayBeginASessionAtOnce() {
    String one = alice.say(room, "one");
    String other = bob.say(room, "other");
    settle(alice, bob);
    assertEquals("one", read(bob, one).body());
    assertEquals("other", read(alice, other).body());
    alice.rotate(room);
    bob.rotate(room);
    String more = alice.say(room, "more");
    String yetMore = bob.say(room, "yet more");
    settle(alice, bob);
    assertEquals("more", read(bob, more).body());
    assertEquals("yet more", read(alice, yetMore).body());
  }

  @Test
  void theFallbackKeyServesWhenTheOthersAreUsedUp() {
    assertTrue(server.keys.unusedFallback(bob.endpoint).contains("signed_curve25519"));
    server.keys.useUp(bob.endpoint);
    String event = alice.say(room, "to the fallback key");
    assertEquals(List.of(), server.keys.unusedFallback(bob.endpoint));
    settle(alice, bob);
    assertEquals("to the fallback key", read(bob, event).body());
  }

  @Test
  void oneTimeKeysAreFilledUp() {
    int stock = server.keys.counts(bob.endpoint).path("signed_curve25519").intValue();
    server.keys.useUp(bob.endpoint);
    settle(bob);
    assertEquals(stock, server.keys.counts(bob.endpoint).path("signed_curve25519").intValue());
  }

  @Test
  void allDevicesOfAUserReadIt() {
    Peer laptop = machines.device(pairing.first, "bob", "LAPTOP");
    settle(alice, bob, laptop);
    String event = alice.say(room, "to both");
    settle(alice, bob, laptop);
    assertEquals("to both", read(bob, event).body());
    assertEquals("to both", read(laptop, event).body());
  }

  @Test
  void aTamperedMessageIsRefused() {
    ObjectNode content = encrypted(alice, "as it was");
    String text = content.path("ciphertext").stringValue();
    int middle = text.length() / 2;
    char other = text.charAt(middle) == 'A' ? 'B' : 'A';
    content.put("ciphertext", text.substring(0, middle) + other + text.substring(middle + 1));
    ObjectNode event = arrived(alice, content);
    settle(alice, bob);
    assertEquals(Cause.UNREADABLE, refused(bob, event.path("event_id").stringValue()).cause());
  }

  @Test
  void anothersMessageIsRefused() {
    Peer carol = machines.person(pairing.first, "carol");
    server.join(room, carol.user());
    settle(alice, bob, carol);
    ObjectNode event = arrived(carol, encrypted(alice, "by Alice"));
    settle(alice, bob, carol);
    assertEquals(Cause.WRONG_SENDER, refused(bob, event.path("event_id").stringValue()).cause());
  }

  @Test
  void aCopyOfAMessageIsRefusedByOurMachine() {
    ObjectNode content = encrypted(alice, "said once");
    String first = arrived(alice, content).path("event_id").stringValue();
    String copy = arrived(alice, content).path("event_id").stringValue();
    settle(alice, bob);
    assertEquals("said once", read(bob, first).body());
    switch (pairing.second) {
      case OURS -> assertEquals(Cause.REPLAYED, refused(bob, copy).cause());
      // It leaves that to its user.
      case RUST -> assertEquals("said once", read(bob, copy).body());
    }
  }

  @Test
  void anotherRoomsMessageIsRefused() {
    RoomId elsewhere = server.room(true, alice.user(), bob.user());
    ObjectNode content = encrypted(alice, "for the one room");
    ObjectNode event = server.send(alice.user(), elsewhere, "m.room.encrypted", content);
    settle(alice, bob);
    refused(bob, event.path("event_id").stringValue());
  }

  @Test
  void aTamperedOlmMessageIsRefusedAndTheNextOneGetsThrough() {
    alice.say(room, "one");
    settle(alice, bob);
    bob.say(room, "two");
    settle(alice, bob);
    alice.rotate(room);
    String lost = alice.say(room, "three");
    ObjectNode message = server.waiting(bob.endpoint).getFirst();
    for (JsonNode each : message.path("content").path("ciphertext")) {
      String body = each.path("body").stringValue();
      ((ObjectNode) each).put("body", body.substring(0, body.length() - 4) + "AAAA");
    }
    settle(bob);
    assertEquals(Cause.UNKNOWN_SESSION, refused(bob, lost).cause());
    // Bob begins a new session with Alice, who uses it from then on.
    settle(alice, bob);
    alice.rotate(room);
    String event = alice.say(room, "four");
    settle(alice, bob);
    assertEquals("four", read(bob, event).body());
  }

  @Test
  void aNewSessionIsReadAsTheOldOneWas() {
    ObjectNode before = encrypted(alice, "before");
    alice.rotate(room);
    ObjectNode after = encrypted(alice, "after");
    assertNotEquals(before.path("session_id"), after.path("session_id"));
    ObjectNode first = arrived(alice, before);
    ObjectNode second = arrived(alice, after);
    settle(alice, bob);
    assertEquals("before", read(bob, first.path("event_id").stringValue()).body());
    assertEquals("after", read(bob, second.path("event_id").stringValue()).body());
  }

  @Test
  void aSessionIsReplacedAfterAHundredMessages() {
    List<ObjectNode> events = new ArrayList<>();
    for (int i = 0; i < 101; i++) {
      events.add(arrived(alice, encrypted(alice, "message " + i)));
    }
    settle(alice, bob);
    List<JsonNode> sessions =
        events.stream().map(event -> event.path("content").path("session_id")).distinct().toList();
    assertEquals(2, sessions.size());
    assertEquals(sessions.getLast(), events.getLast().path("content").path("session_id"));
    for (int i = 0; i < events.size(); i++) {
      assertEquals("message " + i, read(bob, events.get(i).path("event_id").stringValue()).body());
    }
  }

  @Test
  void whoHasLeftReadsNoFurther() {
    String before = alice.say(room, "to all");
    settle(alice, bob);
    server.leave(room, bob.user());
    settle(alice, bob);
    ObjectNode after = arrived(alice, encrypted(alice, "to nobody"));
    settle(alice, bob);
    assertEquals("to all", read(bob, before).body());
    Reading reading = bob.decrypt(room, after);
    assertEquals(Cause.UNKNOWN_SESSION, refused(reading).cause());
  }

  @Test
  void whoJoinsReadsFromThereOn() {
    ObjectNode before = arrived(alice, encrypted(alice, "before carol"));
    settle(alice, bob);
    Peer carol = machines.person(pairing.second, "carol");
    server.join(room, carol.user());
    settle(alice, bob, carol);
    String after = alice.say(room, "hello carol");
    settle(alice, bob, carol);
    assertEquals("hello carol", read(carol, after).body());
    Reading reading = carol.decrypt(room, before);
    Cause cause = refused(reading).cause();
    assertTrue(Set.of(Cause.UNKNOWN_SESSION, Cause.UNKNOWN_INDEX).contains(cause), cause::name);
  }

  @Test
  void anUnsignedDeviceIsToldThatItGetsNoKey() {
    Peer laptop = machines.device(pairing.second, "bob", "LAPTOP");
    settle(alice, bob, laptop);
    alice.sendTo(Recipients.SIGNED_DEVICES);
    String event = alice.say(room, "to signed devices");
    settle(alice, bob, laptop);
    assertEquals("to signed devices", read(bob, event).body());
    assertEquals(Cause.WITHHELD, refused(laptop, event).cause());
  }
}
