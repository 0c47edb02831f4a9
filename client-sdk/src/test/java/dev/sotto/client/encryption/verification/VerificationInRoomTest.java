package dev.sotto.client.encryption.verification;

import static dev.sotto.client.encryption.verification.World.ALICE;
import static dev.sotto.client.encryption.verification.World.BOB;
import static dev.sotto.client.encryption.verification.World.ROOM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.verification.CancelCode;
import dev.sotto.client.verification.Peer;
import dev.sotto.client.verification.Verification.By;
import dev.sotto.client.verification.Verification.Confirmed;
import dev.sotto.client.verification.Verification.Done;
import dev.sotto.client.verification.Verification.KeysExchanged;
import dev.sotto.client.verification.Verification.Ready;
import dev.sotto.client.verification.Verification.RequestReceived;
import dev.sotto.client.verification.Verification.RequestSent;
import dev.sotto.client.verification.Verification.Started;
import dev.sotto.client.verification.Verification.Unsupported;
import dev.sotto.client.verification.Verified;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class VerificationInRoomTest {
  private final World world = new World();
  private final World.Person alice = world.device(ALICE, "ALICE1");
  private final World.Person bob = world.device(BOB, "BOB1");

  @AfterEach
  void close() {
    world.close();
  }

  private void request() {
    alice.verifications.request(ROOM, BOB);
    world.deliver();
  }

  private void compare() {
    KeysExchanged here = alice.phase(KeysExchanged.class);
    KeysExchanged there = bob.phase(KeysExchanged.class);
    assertEquals(7, here.emoji().size());
    assertEquals(3, here.decimals().size());
    assertEquals(here.emoji(), there.emoji());
    assertEquals(here.decimals(), there.decimals());
  }

  private void assertVerified() {
    assertEquals(
        new Verified(BOB, Map.of(bob.device, bob.fingerprint), world.master(BOB)),
        alice.phase(Done.class).verified());
    assertEquals(
        new Verified(ALICE, Map.of(alice.device, alice.fingerprint), world.master(ALICE)),
        bob.phase(Done.class).verified());
  }

  @Test
  void whoAskedMayStart() {
    request();
    alice.phase(RequestSent.class);
    bob.phase(RequestReceived.class);
    bob.accept();
    assertEquals(
        new Peer(BOB, Optional.of(bob.device), Optional.of(ROOM)), alice.phase(Ready.class).peer());
    alice.start();
    compare();
    alice.confirm();
    alice.phase(Confirmed.class);
    bob.phase(KeysExchanged.class);
    bob.confirm();
    assertVerified();
    assertEquals(List.of("request", "start", "key", "mac", "done"), world.kindsBy(alice));
    assertEquals(List.of("ready", "accept", "key", "mac", "done"), world.kindsBy(bob));
  }

  @Test
  void whoWasAskedMayStart() {
    request();
    bob.accept().start();
    compare();
    bob.confirm();
    alice.confirm();
    assertVerified();
    assertEquals(List.of("request", "accept", "key", "mac", "done"), world.kindsBy(alice));
    assertEquals(List.of("ready", "start", "key", "mac", "done"), world.kindsBy(bob));
  }

  @Test
  void eachPhaseIsToldOnceAndInOrder() {
    request();
    bob.accept().start();
    alice.confirm();
    bob.confirm();
    assertEquals(
        List.of(RequestSent.class, Ready.class, KeysExchanged.class, Confirmed.class, Done.class),
        alice.seen.stream().map(Object::getClass).filter(each -> each != Started.class).toList());
    assertEquals(List.of(), alice.verifications.changed());
    assertEquals(List.of(), alice.verifications.open());
  }

  @Test
  void theRequestSaysWhatIsAsked() {
    request();
    ObjectNode request = world.last("request");
    assertEquals("m.key.verification.request", request.path("msgtype").stringValue());
    assertEquals(BOB.value(), request.path("to").stringValue());
    assertEquals("ALICE1", request.path("from_device").stringValue());
    assertTrue(request.path("methods").toString().contains("m.sas.v1"));
    assertTrue(request.path("body").stringValue().contains(ALICE.value()));
    bob.accept();
    ObjectNode relation = (ObjectNode) world.last("ready").path("m.relates_to");
    assertEquals("m.reference", relation.path("rel_type").stringValue());
    assertEquals("$event1", relation.path("event_id").stringValue());
  }

  @Test
  void theRequestsIdMayBeLearntFromItsEcho() {
    world.answersAreLost = true;
    request();
    bob.accept().start();
    alice.confirm();
    bob.confirm();
    assertVerified();
  }

  @Test
  void ofTwoStartsTheOneOfTheSmallerUserCounts() {
    request();
    bob.accept();
    alice.verifications.start(alice.phase(Ready.class));
    bob.verifications.start(bob.phase(Ready.class));
    world.deliver();
    compare();
    assertEquals(1, world.kindsBy(bob).stream().filter("accept"::equals).count());
    assertEquals(0, world.kindsBy(alice).stream().filter("accept"::equals).count());
    alice.confirm();
    bob.confirm();
    assertVerified();
  }

  @Test
  void aRequestMayBeDeclined() {
    request();
    bob.cancel();
    bob.assertCancelled(CancelCode.USER, By.US);
    alice.assertCancelled(CancelCode.USER, By.THEM);
    assertEquals("m.user", world.last("cancel").path("code").stringValue());
  }

  @Test
  void aRequestMayBeTakenBackBeforeItIsSent() {
    RequestSent request = alice.verifications.request(ROOM, BOB);
    alice.verifications.cancel(request);
    world.deliver();
    alice.assertCancelled(CancelCode.USER, By.US);
    bob.assertCancelled(CancelCode.USER, By.THEM);
    assertEquals(List.of("request", "cancel"), world.kindsBy(alice));
  }

  @Test
  void anotherRequestToTheSameUserTakesTheFirstBack() {
    request();
    request();
    assertEquals(List.of("request", "cancel", "request"), world.kindsBy(alice));
    assertEquals(1, bob.verifications.open().size());
    bob.accept().start();
    compare();
  }

  @Test
  void aRequestThatCannotBeSentEnds() {
    alice.verifications.request(ROOM, BOB);
    world.collect().forEach(parcel -> alice.verifications.failed(parcel.id()));
    world.deliver();
    alice.assertCancelled(CancelCode.OTHER, By.US);
  }

  @Test
  void aMessageThatCannotBeSentEndsItsVerification() {
    request();
    bob.verifications.accept(bob.phase(RequestReceived.class));
    world.collect().forEach(parcel -> bob.verifications.failed(parcel.id()));
    world.deliver();
    bob.assertCancelled(CancelCode.OTHER, By.US);
  }

  @Test
  void theOtherDevicesOfWhoIsAskedSeeThatOneHasAnswered() {
    World.Person bobsOther = world.device(BOB, "BOB2");
    request();
    bobsOther.phase(RequestReceived.class);
    bob.accept();
    bobsOther.assertCancelled(CancelCode.ACCEPTED, By.OTHER_DEVICE);
    bob.start();
    compare();
    alice.confirm();
    bob.confirm();
    assertVerified();
    assertEquals(List.of(), world.kindsBy(bobsOther));
  }

  @Test
  void theOtherDevicesOfWhoIsAskedSeeThatOneHasDeclined() {
    World.Person bobsOther = world.device(BOB, "BOB2");
    request();
    bob.cancel();
    bobsOther.assertCancelled(CancelCode.USER, By.OTHER_DEVICE);
  }

  @Test
  void ofTwoDevicesThatAcceptTheFirstInTheRoomGoesOn() {
    World.Person bobsOther = world.device(BOB, "BOB2");
    request();
    bobsOther.verifications.accept(bobsOther.phase(RequestReceived.class));
    bob.verifications.accept(bob.phase(RequestReceived.class));
    world.deliver();
    bobsOther.assertCancelled(CancelCode.ACCEPTED, By.OTHER_DEVICE);
    bob.phase(Ready.class);
    bob.start();
    compare();
  }

  @Test
  void theOtherDevicesOfWhoAsksAreNotInvolved() {
    World.Person alicesOther = world.device(ALICE, "ALICE2");
    request();
    bob.accept().start();
    alice.confirm();
    bob.confirm();
    assertVerified();
    assertEquals(List.of(), alicesOther.seen);
    assertEquals(List.of(), world.kindsBy(alicesOther));
  }

  @Test
  void aThirdUsersMessagesAreNotHeard() {
    World.Person mallory = world.device(new UserId("@mallory:other.org"), "BOB1");
    request();
    assertEquals(List.of(), mallory.seen);
    ObjectNode ready = World.object("{\"from_device\":\"BOB1\",\"methods\":[\"m.sas.v1\"]}");
    ready.putObject("m.relates_to").put("rel_type", "m.reference").put("event_id", "$event1");
    alice.hear(world.event(ROOM, mallory, "m.key.verification.ready", ready));
    alice.phase(RequestSent.class);
    ready.put("code", "m.user");
    alice.hear(world.event(ROOM, mallory, "m.key.verification.cancel", ready));
    alice.phase(RequestSent.class);
    bob.accept();
    alice.phase(Ready.class);
  }

  @Test
  void messagesInAnotherRoomAreNotHeard() {
    request();
    ObjectNode content = World.object("{\"code\":\"m.user\"}");
    content.putObject("m.relates_to").put("rel_type", "m.reference").put("event_id", "$event1");
    RoomId other = new RoomId("!other:example.org");
    alice.hear(world.event(other, bob, "m.key.verification.cancel", content));
    alice.phase(RequestSent.class);
  }

  @Test
  void messagesThatAnotherDeviceEncryptedAreNotHeard() {
    World.Person bobsOther = world.device(BOB, "BOB2");
    request();
    bob.accept();
    ObjectNode content = World.object("{\"code\":\"m.user\"}");
    content.putObject("m.relates_to").put("rel_type", "m.reference").put("event_id", "$event1");
    alice.hear(world.event(ROOM, bobsOther, "m.key.verification.cancel", content));
    alice.phase(Ready.class);
  }

  @Test
  void aRequestForSomebodyElseIsNotHeard() {
    World.Person carol = world.device(new UserId("@carol:other.org"), "CAROL1");
    request();
    assertEquals(List.of(), carol.seen);
  }

  @Test
  void aRequestForOtherMethodsCanOnlyBeDeclined() {
    world.tampering =
        parcel -> {
          if (parcel.kind().equals("request")) {
            parcel.content().putArray("methods").add("m.qr_code.scan.v1").add("org.example");
          }
        };
    request();
    bob.phase(Unsupported.class);
    bob.cancel();
    alice.assertCancelled(CancelCode.USER, By.THEM);
  }

  @Test
  void oldRequestsAndThoseFromTheFutureAreNotHeard() {
    ObjectNode request =
        World.object(
            "{\"msgtype\":\"m.key.verification.request\",\"from_device\":\"ALICE1\","
                + "\"methods\":[\"m.sas.v1\"],\"to\":\"@bob:other.org\",\"body\":\"\"}");
    TimelineEvent event = world.event(ROOM, alice, "m.room.message", request);
    for (Duration away : List.of(Duration.ofMinutes(-11), Duration.ofMinutes(6))) {
      bob.hear(
          new TimelineEvent(
              ROOM,
              new EventId("$away" + away),
              ALICE,
              null,
              world.now.plus(away),
              event.type(),
              request));
    }
    assertEquals(List.of(), bob.seen);
    bob.hear(event);
    bob.hear(event);
    assertInstanceOf(RequestReceived.class, bob.verifications.open().getFirst());
    assertEquals(1, bob.verifications.open().size());
  }
}
