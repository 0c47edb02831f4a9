package dev.sotto.client.encryption.olm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.olm.OlmOutcome.Decrypted;
import dev.sotto.client.encryption.olm.OlmOutcome.Reason;
import dev.sotto.client.encryption.olm.OlmOutcome.Undecryptable;
import dev.sotto.client.encryption.request.OutgoingRequest.KeysClaim;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class OlmChannelTest {
  private final MemoryStore aliceStore = new MemoryStore();
  private final MemoryStore bobStore = new MemoryStore();
  private final Peer alice = new Peer("@alice:a.org", "A1", aliceStore);
  private Peer bob = new Peer("@bob:b.org", "B1", bobStore);

  @AfterEach
  void close() {
    alice.close();
    bob.close();
  }

  private static OlmEvent read(Peer reader, ObjectNode event) {
    return assertInstanceOf(Decrypted.class, reader.channel.decrypt(event)).event();
  }

  private static Reason refused(Peer reader, ObjectNode event) {
    return assertInstanceOf(Undecryptable.class, reader.channel.decrypt(event)).reason();
  }

  private static String text(OlmEvent event) {
    return event.content().path("text").stringValue();
  }

  @Test
  void messagesGoBothWays() {
    alice.begins(bob);

    OlmEvent first = read(bob, alice.writes(bob, "m.test", "one"));
    assertEquals("one", text(first));
    assertEquals("m.test", first.type());
    assertEquals(alice.user, first.sender());
    assertEquals(alice.account.keys().curve25519Key(), first.senderKey());
    assertEquals("A1", first.device().orElseThrow().id().value());

    assertEquals("two", text(read(alice, bob.writes(alice, "m.test", "two"))));
    ObjectNode third = alice.writes(bob, "m.test", "three");
    assertEquals(
        1,
        third.path("content").path("ciphertext").iterator().next().path("type").intValue(),
        "the other side is known to have the session");
    assertEquals("three", text(read(bob, third)));
  }

  @Test
  void sessionsSurviveARestart() {
    alice.begins(bob);
    read(bob, alice.writes(bob, "m.test", "one"));
    ObjectNode late = alice.writes(bob, "m.test", "two");
    bob.close();
    bob = new Peer("@bob:b.org", "B1", bobStore);

    assertEquals("two", text(read(bob, late)));
    assertEquals("three", text(read(alice, bob.writes(alice, "m.test", "three"))));
  }

  @Test
  void aDeviceThatSpoilsTheAnswerToAClaimKeepsNobodyFromBeingReached() {
    try (Peer carol = new Peer("@carol:c.org", "C1", new MemoryStore())) {
      alice.channel.want(List.of(bob.asDevice(), carol.asDevice()));
      alice.channel.unusable(alice.channel.claim().orElseThrow());
      KeysClaim first = alice.channel.claim().orElseThrow();
      assertEquals(Set.of(bob.user.value()), claimed(first));
      alice.channel.unusable(first);
      assertTrue(alice.channel.isUnreachable(bob.asDevice()));
      alice.answerClaim(carol);
      assertTrue(alice.channel.hasSession(carol.asDevice()));
      assertTrue(alice.channel.claim().isEmpty());

      alice.passes(Duration.ofMinutes(15));
      assertFalse(alice.channel.isUnreachable(bob.asDevice()));
      try (Peer dan = new Peer("@dan:d.org", "D1", new MemoryStore())) {
        alice.channel.want(List.of(bob.asDevice(), dan.asDevice()));
        assertEquals(Set.of(dan.user.value()), claimed(alice.channel.claim().orElseThrow()));
      }
    }
  }

  @Test
  void newDevicesOfAServerThatDoesNotAnswerAreNotWaitedFor() {
    alice.channel.want(List.of(bob.asDevice()));
    ObjectNode answer = Json.object();
    answer.putObject("failures").putObject("b.org");
    alice.channel.claimed(alice.channel.claim().orElseThrow(), answer);
    try (Peer other = new Peer("@bob:b.org", "B2", new MemoryStore())) {
      alice.channel.want(List.of(other.asDevice()));
      assertTrue(alice.channel.isUnreachable(other.asDevice()));
      assertTrue(alice.channel.claim().isEmpty());
      alice.passes(Duration.ofMinutes(5));
      alice.begins(other);
      assertTrue(alice.channel.hasSession(other.asDevice()));
    }
  }

  private static Set<String> claimed(KeysClaim claim) {
    return Set.copyOf(claim.body().path("one_time_keys").propertyNames());
  }

  @Test
  void aMessageIsReadOnce() {
    alice.begins(bob);
    ObjectNode first = alice.writes(bob, "m.test", "one");
    read(bob, first);

    assertEquals(Reason.REPLAY, refused(bob, first));
  }

  @Test
  void theFirstMessageOfASessionCannotBeReadByALaterProcessEither() {
    alice.begins(bob);
    ObjectNode first = alice.writes(bob, "m.test", "one");
    read(bob, first);
    bob.close();
    bob = new Peer("@bob:b.org", "B1", bobStore);

    assertEquals(Reason.REPLAY, refused(bob, first));
  }

  @Test
  void anAlteredMessageIsRefused() {
    alice.begins(bob);
    read(bob, alice.writes(bob, "m.test", "one"));
    read(alice, bob.writes(alice, "m.test", "two"));
    ObjectNode event = alice.writes(bob, "m.test", "three");
    ObjectNode part = (ObjectNode) event.path("content").path("ciphertext").iterator().next();
    String body = part.path("body").stringValue();
    char last = body.charAt(body.length() - 3);
    part.put(
        "body",
        body.substring(0, body.length() - 3)
            + (last == 'A' ? 'B' : 'A')
            + body.substring(body.length() - 2));

    assertEquals(Reason.DAMAGED, refused(bob, event));
  }

  @Test
  void nobodyCanBeNamedAsSenderButTheSender() {
    alice.begins(bob);
    ObjectNode event = alice.writes(bob, "m.test", "one");
    event.put("sender", "@carol:c.org");

    assertEquals(Reason.MISMATCH, refused(bob, event));
  }

  @Test
  void aMessageThatDeceivesBeginsNoSession() {
    alice.begins(bob);
    ObjectNode event = alice.writes(bob, "m.test", "one");
    event.put("sender", "@carol:c.org");

    assertEquals(Reason.MISMATCH, refused(bob, event));
    assertFalse(bob.channel.hasSession(alice.asDevice()));
    bob.close();
    bob = new Peer("@bob:b.org", "B1", bobStore);
    assertFalse(bob.channel.hasSession(alice.asDevice()));
    assertEquals(Reason.REPLAY, refused(bob, event), "the one-time key is spent");
  }

  /// Anybody can begin sessions with keys that no device has.
  @Test
  void ofTheKeysThatNoKnownDeviceHasTheLatestAreKept() {
    bob.knows(alice);
    alice.begins(bob);
    read(bob, alice.writes(bob, "m.test", "known"));
    List<Device> madeUp = new ArrayList<>();
    for (int i = 0; i < UnbackedKeys.MAX_OF_USER + 2; i++) {
      try (Peer other = new Peer("@alice:a.org", "X" + i, new MemoryStore())) {
        other.begins(bob);
        assertEquals("hello", text(read(bob, other.writes(bob, "m.test", "hello"))));
        madeUp.add(other.asDevice());
        bob.publish();
      }
    }
    bob.close();
    bob = new Peer("@bob:b.org", "B1", bobStore);
    assertTrue(bob.channel.hasSession(alice.asDevice()));
    assertEquals(
        madeUp.subList(2, madeUp.size()), madeUp.stream().filter(bob.channel::hasSession).toList());
  }

  @Test
  void aDeviceWhoseKnownKeysAreOthersIsRefused() {
    try (Peer impostor = new Peer("@alice:a.org", "A1", new MemoryStore())) {
      bob.knows(alice);
      impostor.begins(bob);

      assertEquals(Reason.MISMATCH, refused(bob, impostor.writes(bob, "m.test", "one")));
    }
  }

  @Test
  void aMessageToAnotherDeviceIsNotRead() {
    try (Peer other = new Peer("@bob:b.org", "B2", new MemoryStore())) {
      alice.begins(other);

      assertEquals(Reason.NOT_FOR_US, refused(bob, alice.writes(other, "m.test", "one")));
    }
  }

  @Test
  void aKeyThatTheDeviceDidNotSignBeginsNoSession() {
    try (Peer mallory = new Peer("@bob:b.org", "B1", new MemoryStore())) {
      alice.channel.want(List.of(bob.asDevice()));
      KeysClaim claim = alice.channel.claim().orElseThrow();
      Map.Entry<String, JsonNode> key = mallory.someOneTimeKey();
      alice.channel.claimed(claim, Peer.claimAnswer(bob, key.getKey(), key.getValue()));

      assertFalse(alice.channel.hasSession(bob.asDevice()));
      assertTrue(alice.channel.isUnreachable(bob.asDevice()));
    }
  }

  @Test
  void aDeviceThatShowsAnothersKeyDoesNotTakeItsPlace() {
    try (Peer mallory = new Peer("@mallory:m.org", "M1", new MemoryStore())) {
      Device own = mallory.asDevice();
      Device poser =
          new Device(
              own.user(), own.id(), bob.asDevice().curve25519(), own.ed25519(), null, own.json());
      alice.channel.want(List.of(bob.asDevice(), poser));
      KeysClaim claim = alice.channel.claim().orElseThrow();
      Map.Entry<String, JsonNode> key = bob.someOneTimeKey();
      ObjectNode answer = Peer.claimAnswer(bob, key.getKey(), key.getValue());
      Map.Entry<String, JsonNode> another = mallory.someOneTimeKey();
      ObjectNode given = Peer.claimAnswer(mallory, another.getKey(), another.getValue());
      ((ObjectNode) answer.path("one_time_keys")).setAll((ObjectNode) given.path("one_time_keys"));
      alice.channel.claimed(claim, answer);

      assertEquals("one", text(read(bob, alice.writes(bob, "m.test", "one"))));
    }
  }

  @Test
  void aDeviceWithoutKeysIsAskedForAgainAfterAWhile() {
    alice.channel.want(List.of(bob.asDevice()));
    alice.channel.claimed(alice.channel.claim().orElseThrow(), Json.object());
    alice.channel.want(List.of(bob.asDevice()));
    assertTrue(alice.channel.claim().isEmpty());

    alice.passes(Duration.ofMinutes(15));
    alice.begins(bob);
    assertTrue(alice.channel.hasSession(bob.asDevice()));
  }

  @Test
  void aFailedClaimIsMadeAgain() {
    alice.channel.want(List.of(bob.asDevice()));
    alice.channel.failed(alice.channel.claim().orElseThrow());

    alice.answerClaim(bob);
    assertTrue(alice.channel.hasSession(bob.asDevice()));
  }

  @Test
  void theSessionThatReceivedLastIsWrittenTo() {
    alice.begins(bob);
    bob.begins(alice);
    ObjectNode fromBob = bob.writes(alice, "m.test", "one");
    read(alice, fromBob);
    alice.passes(Duration.ofSeconds(1));

    ObjectNode answer = alice.writes(bob, "m.test", "two");
    assertEquals(
        1, answer.path("content").path("ciphertext").iterator().next().path("type").intValue());
    assertEquals("two", text(read(bob, answer)));
  }

  @Test
  void noMoreThanFiveSessionsAreKeptWithADevice() {
    for (int i = 0; i < 7; i++) {
      try (Peer forgetful = new Peer("@bob:b.org", "B1", copyOf(bobStore))) {
        forgetful.begins(alice);
        read(alice, forgetful.writes(alice, "m.test", "hello"));
      }
    }

    String key = bob.user + " " + bob.account.keys().curve25519Key().base64();
    assertEquals(5, aliceStore.group(Shelf.OLM_SESSIONS, key).size());
  }

  private static MemoryStore copyOf(MemoryStore store) {
    MemoryStore copy = new MemoryStore();
    store
        .group(Shelf.ACCOUNT, "account")
        .forEach(
            (name, value) ->
                copy.apply(List.of(new Change.Put(Shelf.ACCOUNT, "account", name, value))));
    return copy;
  }

  @Test
  void aSessionThatTheOtherSideHasLostIsReplaced() {
    bob.knows(alice);
    alice.begins(bob);
    read(bob, alice.writes(bob, "m.test", "one"));
    read(alice, bob.writes(alice, "m.test", "two"));
    bob.close();
    MemoryStore restored = copyOf(bobStore);
    bob = new Peer("@bob:b.org", "B1", restored);
    bob.knows(alice);

    assertEquals(Reason.UNKNOWN_SESSION, refused(bob, alice.writes(bob, "m.test", "three")));
    bob.answerClaim(alice);
    List<ObjectNode> sent = bob.outbox(alice);
    assertEquals(1, sent.size());
    alice.passes(Duration.ofSeconds(1));
    assertEquals("m.dummy", read(alice, sent.getFirst()).type());
    assertEquals("four", text(read(bob, alice.writes(bob, "m.test", "four"))));
  }

  @Test
  void aSessionIsReplacedOnceAnHour() {
    bob.knows(alice);
    alice.begins(bob);
    read(bob, alice.writes(bob, "m.test", "one"));
    bob.passes(Duration.ofMinutes(61));
    ObjectNode event = alice.writes(bob, "m.test", "two");
    ((ObjectNode) event.path("content").path("ciphertext").iterator().next()).put("body", "AwAA");
    refused(bob, event);
    bob.answerClaim(alice);

    refused(bob, event);
    assertTrue(bob.channel.claim().isEmpty());
  }

  @Test
  void whatWaitsIsStillThereAfterARestart() {
    alice.begins(bob);
    ObjectNode content =
        alice.channel.encrypt(bob.asDevice(), "m.test", Json.object()).orElseThrow();
    alice.queue.add("m.room.encrypted", Map.of(bob.user, Map.of("B1", content)));
    try (Peer later = new Peer("@alice:a.org", "A1", aliceStore)) {
      assertEquals(alice.queue.pending(), later.queue.pending());
      assertEquals(1, later.outbox(bob).size());
    }
    try (Peer latest = new Peer("@alice:a.org", "A1", aliceStore)) {
      assertTrue(latest.queue.pending().isEmpty());
    }
  }

  @Test
  void whatTheServerDoesNotTakeIsTriedInHalvesAndThenGivenUp() {
    Map<String, ObjectNode> messages = new TreeMap<>();
    for (String device : List.of("B1", "B2", "B3")) {
      messages.put(device, Json.object());
    }
    RoomId room = new RoomId("!room:a.org");
    alice.queue.addKeys(room, "m.test", Map.of(bob.user, messages));
    assertEquals(List.of(), alice.queue.refused(alice.queue.pending().getFirst()));
    assertEquals(List.of(1), sizes(alice.queue), "one shows whether the server takes any");
    try (Peer later = new Peer("@alice:a.org", "A1", aliceStore)) {
      assertEquals(List.of(2, 1), sizes(later.queue));
      assertEquals(
          List.of(new ToDeviceQueue.Refused(room, bob.user, "B3")),
          later.queue.refused(later.queue.pending().getLast()));
      assertEquals(List.of(2), sizes(later.queue));
    }
  }

  private List<Integer> sizes(ToDeviceQueue queue) {
    return queue.pending().stream()
        .map(request -> request.body().path("messages").path(bob.user.value()).size())
        .toList();
  }

  @Test
  void manyMessagesBecomeSeveralRequestsInTheirOrder() {
    Map<String, ObjectNode> messages = new TreeMap<>();
    for (int i = 0; i < 250; i++) {
      messages.put("D%03d".formatted(i), Json.object().put("n", i));
    }
    alice.queue.add("m.test", Map.of(bob.user, messages));

    assertEquals(List.of(100, 100, 50), sizes(alice.queue));
  }
}
