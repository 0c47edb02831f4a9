package dev.sotto.client.encryption.megolm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.encryption.identity.DeviceTrust;
import dev.sotto.client.encryption.request.OutgoingRequest.ToDevice;
import dev.sotto.client.engine.EngineException;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class KeyRequestsTest {
  private static final String REQUEST = "m.room_key_request";
  private static final String FORWARDED = "m.forwarded_room_key";

  private Party phone = new Party("@alice:a.org", "PHONE", new MemoryStore());
  private Party laptop = new Party("@alice:a.org", "LAPTOP", new MemoryStore());
  private final Party bob = new Party("@bob:b.org", "DESK", new MemoryStore());
  private final Voice voice = new Voice(bob);
  private final ObjectNode early = voice.text("early");

  @BeforeEach
  void begin() {
    phone.trust.put(laptop.id, DeviceTrust.VERIFIED);
    laptop.trust.put(phone.id, DeviceTrust.VERIFIED);
    phone.knows(phone, laptop);
    laptop.knows(phone, laptop);
  }

  @AfterEach
  void close() {
    voice.close();
    phone.close();
    laptop.close();
    bob.close();
  }

  private ObjectNode heardByPhone() {
    voice.sharesWith(phone);
    return voice.text("hello");
  }

  @Test
  void aVerifiedDeviceGivesTheKeyThatIsMissing() throws DecryptionException {
    ObjectNode event = heardByPhone();
    assertEquals("UNKNOWN_SESSION", laptop.text(event));
    assertEquals(List.of(REQUEST), laptop.delivers(phone));
    phone.claims(laptop);
    assertEquals(List.of(FORWARDED), phone.delivers(laptop));
    assertEquals(Set.of(voice.name()), laptop.keys.takeArrived());

    DecryptedEvent read = laptop.reads(event);
    assertEquals("hello", read.content().path("body").stringValue());
    assertEquals(KeyOrigin.FORWARDED, read.session().origin());
    assertEquals(MessageTrust.UNPROVEN, read.trust());
    assertEquals("UNKNOWN_INDEX", laptop.text(early), "the phone does not have it either");

    List<ToDevice> cancelled = laptop.queue.pending();
    assertEquals(2, cancelled.size(), "the cancellation, and a request for what is earlier");
    assertEquals(
        "request_cancellation",
        cancelled
            .getFirst()
            .body()
            .path("messages")
            .path(phone.user.value())
            .path("PHONE")
            .path("action")
            .stringValue());
  }

  @Test
  void aKeyIsAskedForOnce() {
    ObjectNode event = heardByPhone();
    laptop.text(event);
    laptop.text(event);
    laptop = laptop.restarted();
    laptop.text(event);
    assertEquals(List.of(REQUEST), laptop.delivers(phone));
    laptop.text(event);
    assertEquals(List.of(), laptop.delivers(phone));
  }

  @Test
  void onlyVerifiedDevicesAreAsked() {
    ObjectNode event = heardByPhone();
    laptop.trust.put(phone.id, DeviceTrust.SIGNED);
    laptop.text(event);
    assertTrue(laptop.queue.pending().isEmpty());

    laptop.trust.put(phone.id, DeviceTrust.VERIFIED);
    laptop.keys.devicesChanged(Set.of(phone.user));
    laptop.text(event);
    assertEquals(List.of(REQUEST), laptop.delivers(phone));
  }

  @Test
  void onlyVerifiedDevicesAreGivenKeys() {
    ObjectNode event = heardByPhone();
    phone.trust.put(laptop.id, DeviceTrust.SIGNED);
    laptop.text(event);
    laptop.delivers(phone);
    phone.claims(laptop);
    assertEquals(List.of(), phone.delivers(laptop));
  }

  @Test
  void aBlockedDeviceIsGivenNothingThoughItIsVerified() {
    ObjectNode event = heardByPhone();
    phone.keys.outbound().block(laptop.device(), true);
    laptop.text(event);
    laptop.delivers(phone);
    phone.claims(laptop);
    assertEquals(List.of(), phone.delivers(laptop));
  }

  @Test
  void otherUsersAreGivenNothing() {
    heardByPhone();
    phone.trust.put(bob.id, DeviceTrust.VERIFIED);
    phone.knows(bob);
    phone.receives(bob.event(REQUEST, request("DESK")));
    phone.receives(bob.event(REQUEST, request("LAPTOP")));
    assertTrue(phone.channel.claim().isEmpty());
    assertTrue(phone.queue.pending().isEmpty());
  }

  private ObjectNode request(String device) {
    ObjectNode content =
        Json.object()
            .put("action", "request")
            .put("requesting_device_id", device)
            .put("request_id", "1");
    content
        .putObject("body")
        .put("algorithm", "m.megolm.v1.aes-sha2")
        .put("room_id", Party.ROOM.value())
        .put("session_id", voice.session.id());
    return content;
  }

  @Test
  void aRequestThatIsWithdrawnIsNotServed() {
    heardByPhone();
    phone.receives(laptop.event(REQUEST, request("LAPTOP")));
    phone.receives(laptop.event(REQUEST, request("LAPTOP").put("action", "request_cancellation")));
    phone.claims(laptop);
    assertEquals(List.of(), phone.delivers(laptop));
  }

  @Test
  void aRequestIsServedByALaterProcessToo() {
    ObjectNode event = heardByPhone();
    laptop.text(event);
    laptop.delivers(phone);
    phone = phone.restarted();
    phone.keys.proceed();
    phone.claims(laptop);
    assertEquals(List.of(FORWARDED), phone.delivers(laptop));
    assertEquals("hello", laptop.text(event));
  }

  @Test
  void aDeviceThatCannotBeReachedIsGivenUpAfterADay() {
    heardByPhone();
    phone.withoutKeys.add(laptop.id);
    phone.receives(laptop.event(REQUEST, request("LAPTOP")));
    phone.claims(laptop);
    phone.passes(Duration.ofHours(25));
    phone.keys.proceed();
    phone.withoutKeys.clear();
    phone.reaches(laptop);
    assertEquals(List.of(), phone.delivers(laptop));
  }

  @Test
  void malformedRequestsAreDropped() {
    heardByPhone();
    for (String member : List.of("action", "requesting_device_id", "request_id", "body")) {
      phone.receives(laptop.event(REQUEST, request("LAPTOP").put(member, 7)));
      ObjectNode without = request("LAPTOP");
      without.remove(member);
      phone.receives(laptop.event(REQUEST, without));
    }
    for (String member : List.of("algorithm", "room_id", "session_id")) {
      ObjectNode content = request("LAPTOP");
      ((ObjectNode) content.path("body")).put(member, "?");
      phone.receives(laptop.event(REQUEST, content));
    }
    phone.receives(laptop.event(REQUEST, request("LAPTOP").put("request_id", "x".repeat(300))));
    phone.receives(laptop.event(REQUEST, request("PHONE")));
    assertTrue(phone.channel.claim().isEmpty());
  }

  private ObjectNode forwarded() throws EngineException {
    return voice.exported().forwarded();
  }

  private boolean has() {
    return KnownSessions.facts(laptop.keys.inbound(), voice.name()).isPresent();
  }

  @Test
  void aKeyThatNobodyAskedForIsNotTakenUp() throws EngineException {
    laptop.keys.heard(phone.says(FORWARDED, forwarded()));
    assertFalse(has());
    laptop.text(voice.text("hello"));
    laptop.keys.heard(phone.says(FORWARDED, forwarded()));
    assertTrue(has());
  }

  @Test
  void aKeyFromADeviceThatIsNotVerifiedIsNotTakenUp() throws EngineException {
    laptop.text(voice.text("hello"));
    laptop.trust.put(phone.id, DeviceTrust.SIGNED);
    laptop.trust.put(bob.id, DeviceTrust.VERIFIED);
    laptop.keys.heard(phone.says(FORWARDED, forwarded()));
    laptop.keys.heard(bob.says(FORWARDED, forwarded()));
    laptop.keys.heard(laptop.says(FORWARDED, forwarded()));
    assertFalse(has());
  }

  @Test
  void aKeyThatArrivesOtherwiseWithdrawsTheRequest() {
    laptop.text(voice.text("hello"));
    laptop.delivers(phone);
    voice.sharesWith(laptop);
    assertEquals(List.of(REQUEST), laptop.delivers(phone));
    assertTrue(laptop.queue.pending().isEmpty());
  }

  @Test
  void noMoreThanSomeOfARoomAreAskedForAtOnceUntilADayHasGone() {
    for (int i = 0; i < 60; i++) {
      try (Voice one = new Voice(bob)) {
        laptop.text(one.text("hello"));
      }
    }
    assertEquals(50, laptop.delivers(phone).size());
    RoomId other = new RoomId("!other:a.org");
    assertThrows(
        DecryptionException.class,
        () -> laptop.keys.decryption().decrypt(other, voice.text("elsewhere")));
    assertEquals(1, laptop.delivers(phone).size(), "other rooms are not kept from it");

    laptop.passes(Duration.ofHours(25));
    laptop.text(voice.text("hello"));
    assertEquals(2, laptop.delivers(phone).size(), "one is withdrawn for it");
  }
}
