package dev.sotto.client.encryption.verification;

import static dev.sotto.client.encryption.verification.World.ALICE;
import static dev.sotto.client.encryption.verification.World.BOB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.client.engine.Sas;
import dev.sotto.client.verification.CancelCode;
import dev.sotto.client.verification.Verification.By;
import dev.sotto.client.verification.Verification.Cancelled;
import dev.sotto.client.verification.Verification.Confirmed;
import dev.sotto.client.verification.Verification.Done;
import dev.sotto.client.verification.Verification.KeysExchanged;
import dev.sotto.client.verification.Verification.Ready;
import dev.sotto.client.verification.Verification.RequestReceived;
import dev.sotto.client.verification.Verification.RequestSent;
import dev.sotto.client.verification.Verification.Unsupported;
import dev.sotto.client.verification.Verified;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class VerificationByDeviceTest {
  private final World world = new World();
  private final World.Person phone = world.device(ALICE, "PHONE");
  private final World.Person laptop = world.device(ALICE, "LAPTOP");
  private final World.Person tablet = world.device(ALICE, "TABLET");

  @AfterEach
  void close() {
    world.close();
  }

  /// The laptop is new and asks the others.
  private void request() {
    laptop.trustsItsMaster = false;
    laptop.verifications.request(ALICE, Set.of(phone.device, tablet.device));
    world.deliver();
  }

  private ObjectNode request(String transaction, String device) {
    return World.object(
        ("{\"transaction_id\":\"%s\",\"from_device\":\"%s\","
                + "\"methods\":[\"m.sas.v1\"],\"timestamp\":%d}")
            .formatted(transaction, device, world.now.toEpochMilli()));
  }

  @Test
  void aNewDeviceLearnsOfTheOldOneThatTheMasterKeyIsTrue() {
    request();
    phone.accept().start();
    assertEquals(
        phone.phase(KeysExchanged.class).emoji(), laptop.phase(KeysExchanged.class).emoji());
    laptop.confirm();
    phone.confirm();
    assertEquals(
        new Verified(ALICE, Map.of(phone.device, phone.fingerprint), world.master(ALICE)),
        laptop.phase(Done.class).verified());
    assertEquals(
        new Verified(ALICE, Map.of(laptop.device, laptop.fingerprint), Optional.empty()),
        phone.phase(Done.class).verified());
  }

  @Test
  void theOtherDevicesAreToldThatOneHasAccepted() {
    request();
    tablet.phase(RequestReceived.class);
    phone.accept();
    tablet.assertCancelled(CancelCode.ACCEPTED, By.THEM);
    laptop.phase(Ready.class);
    phone.phase(Ready.class);
    assertEquals(List.of("ready"), world.kindsBy(phone));
    assertEquals(List.of(), world.kindsBy(tablet));
    phone.start();
    laptop.confirm();
    phone.confirm();
    laptop.phase(Done.class);
    tablet.assertCancelled(CancelCode.ACCEPTED, By.THEM);
  }

  @Test
  void theOtherDevicesAreToldThatOneHasDeclined() {
    request();
    phone.cancel();
    laptop.assertCancelled(CancelCode.USER, By.THEM);
    tablet.assertCancelled(CancelCode.USER, By.THEM);
  }

  @Test
  void whoAcceptsTooLateIsToldSo() {
    request();
    phone.verifications.accept(phone.phase(RequestReceived.class));
    tablet.verifications.accept(tablet.phase(RequestReceived.class));
    world.deliver();
    tablet.assertCancelled(CancelCode.ACCEPTED, By.THEM);
    laptop.phase(Ready.class);
    phone.phase(Ready.class);
  }

  @Test
  void onlyDevicesThatWereAskedMayAccept() {
    laptop.verifications.request(ALICE, Set.of(phone.device));
    world.deliver();
    ObjectNode ready = request(transaction(), "STRANGER");
    laptop.hear(ALICE, "ready", ready);
    laptop.phase(RequestSent.class);
    phone.accept();
    laptop.phase(Ready.class);
  }

  private String transaction() {
    return world.last("request").path("transaction_id").stringValue();
  }

  @Test
  void ofTwoStartsTheOneOfTheSmallerDeviceCounts() {
    request();
    phone.accept();
    laptop.verifications.start(laptop.phase(Ready.class));
    phone.verifications.start(phone.phase(Ready.class));
    world.deliver();
    assertEquals(1, world.kindsBy(phone).stream().filter("accept"::equals).count());
    assertEquals(0, world.kindsBy(laptop).stream().filter("accept"::equals).count());
    phone.confirm();
    laptop.confirm();
    laptop.phase(Done.class);
    phone.phase(Done.class);
  }

  @Test
  void itIsNoUseToAskOneself() {
    assertThrows(
        IllegalArgumentException.class,
        () -> laptop.verifications.request(ALICE, Set.of(laptop.device)));
    assertThrows(
        IllegalArgumentException.class, () -> laptop.verifications.request(ALICE, Set.of()));
    laptop.hear(ALICE, "request", request("T1", "LAPTOP"));
    assertEquals(List.of(), laptop.verifications.open());
  }

  @Test
  void devicesOfAnotherUserMayAskToo() {
    World.Person bob = world.device(BOB, "BOB1");
    bob.verifications.request(ALICE, Set.of(phone.device));
    world.deliver();
    phone.accept().start();
    phone.confirm();
    bob.confirm();
    assertEquals(
        new Verified(BOB, Map.of(bob.device, bob.fingerprint), world.master(BOB)),
        phone.phase(Done.class).verified());
  }

  @Test
  void nobodyGetsIntoTheTransactionOfAnother() {
    request();
    phone.hear(BOB, "cancel", request(transaction(), "BOB1").put("code", "m.user"));
    phone.phase(RequestReceived.class);
    phone.hear(BOB, "request", request(transaction(), "BOB1"));
    assertEquals(2, phone.verifications.open().size());
  }

  @Test
  void oldClientsMayStartWithoutARequest() {
    ObjectNode start =
        World.object(
            """
            {"transaction_id": "T1", "from_device": "PHONE", "method": "m.sas.v1",
             "key_agreement_protocols": ["curve25519", "curve25519-hkdf-sha256"],
             "hashes": ["sha256"],
             "message_authentication_codes": ["hkdf-hmac-sha256", "hkdf-hmac-sha256.v2"],
             "short_authentication_string": ["decimal"]}
            """);
    // The phone is played by this test.
    world.lost = parcel -> parcel.from().equals(laptop);
    laptop.hear(ALICE, "start", start);
    laptop.phase(RequestReceived.class);
    laptop.accept();
    assertEquals(List.of("accept"), world.kindsBy(laptop));
    ObjectNode accept = world.last("accept");
    assertEquals("curve25519-hkdf-sha256", accept.path("key_agreement_protocol").stringValue());
    assertEquals("hkdf-hmac-sha256.v2", accept.path("message_authentication_code").stringValue());
    try (Sas sas = Sas.create()) {
      ObjectNode key = World.object("{\"transaction_id\": \"T1\"}");
      laptop.hear(ALICE, "key", key.put("key", sas.publicKey().base64()));
    }
    KeysExchanged codes = laptop.phase(KeysExchanged.class);
    assertEquals(List.of(), codes.emoji());
    assertEquals(3, codes.decimals().size());
  }

  @Test
  void aStartByAnUnknownMethodIsAnsweredSo() {
    laptop.hear(ALICE, "start", request("T1", "PHONE").put("method", "org.example"));
    world.deliver();
    assertEquals("m.unknown_method", world.last("cancel").path("code").stringValue());
    assertEquals(List.of(), laptop.seen);
  }

  @Test
  void messagesOfUnknownTransactionsAreAnsweredSoOnce() {
    for (String kind : List.of("ready", "accept", "key", "mac", "done")) {
      ObjectNode content = World.object("{}").put("transaction_id", "of " + kind);
      laptop.hear(ALICE, kind, content);
      laptop.hear(ALICE, kind, content);
      List<World.Parcel> answers = world.collect();
      assertEquals(1, answers.size());
      assertEquals("*", answers.getFirst().device());
      assertEquals(
          "m.unknown_transaction", answers.getFirst().content().path("code").stringValue());
      assertEquals("of " + kind, answers.getFirst().content().path("transaction_id").stringValue());
    }
    laptop.hear(ALICE, "ready", request("T1", "PHONE"));
    assertEquals("PHONE", world.collect().getFirst().device());
  }

  @Test
  void cancellationsOfUnknownTransactionsAreNotAnswered() {
    laptop.hear(ALICE, "cancel", request("T1", "PHONE").put("code", "m.user"));
    assertEquals(List.of(), world.collect());
    assertEquals(List.of(), laptop.seen);
  }

  @Test
  void lateMessagesOfAnEndedOneAreNotAnswered() {
    request();
    phone.cancel();
    phone.hear(ALICE, "done", World.object("{}").put("transaction_id", transaction()));
    phone.hear(ALICE, "request", request(transaction(), "LAPTOP"));
    assertEquals(List.of(), world.collect());
    assertEquals(List.of(), phone.verifications.open());
  }

  @Test
  void aPromptGoesAwayAfterTwoMinutesWithoutAWord() {
    request();
    world.now = world.now.plus(Duration.ofMinutes(2));
    assertEquals(1, phone.verifications.open().size());
    world.now = world.now.plusMillis(1);
    assertEquals(List.of(), phone.verifications.open());
    phone.assertCancelled(CancelCode.TIMEOUT, By.US);
    assertEquals(List.of(), world.collect());
    laptop.phase(RequestSent.class);
  }

  @Test
  void aPromptGoesAwayTenMinutesAfterTheRequestWasMade() {
    ObjectNode request = request("T1", "PHONE");
    world.now = world.now.plus(Duration.ofMinutes(9));
    laptop.hear(ALICE, "request", request);
    assertEquals(1, laptop.verifications.open().size());
    world.now = world.now.plus(Duration.ofSeconds(61));
    assertEquals(List.of(), laptop.verifications.open());
  }

  @Test
  void aVerificationEndsAfterTenMinutes() {
    request();
    phone.accept().start();
    laptop.confirm();
    world.now = world.now.plus(Duration.ofMinutes(10));
    laptop.verifications.expire();
    laptop.phase(Confirmed.class);
    world.now = world.now.plusMillis(1);
    laptop.verifications.expire();
    world.deliver();
    laptop.assertCancelled(CancelCode.TIMEOUT, By.US);
    assertEquals("m.timeout", world.last("cancel").path("code").stringValue());
    assertInstanceOf(Cancelled.class, phone.phase());
  }

  @Test
  void anotherClockDoesNotShortenWhatWasAccepted() {
    ObjectNode request = request("T1", "PHONE");
    world.now = world.now.plus(Duration.ofMinutes(9));
    laptop.hear(ALICE, "request", request);
    laptop.verifications.accept(laptop.phase(RequestReceived.class));
    world.now = world.now.plus(Duration.ofMinutes(10));
    laptop.verifications.expire();
    laptop.phase(Ready.class);
    world.now = world.now.plusMillis(1);
    laptop.verifications.expire();
    laptop.assertCancelled(CancelCode.TIMEOUT, By.US);
  }

  @Test
  void whatEndedIsForgottenAfterTenMinutes() {
    request();
    phone.cancel();
    RequestSent begun = assertInstanceOf(RequestSent.class, laptop.seen.getFirst());
    assertEquals(laptop.seen.getLast(), laptop.verifications.now(begun));
    world.now = world.now.plus(Duration.ofMinutes(11));
    laptop.verifications.expire();
    Cancelled gone = assertInstanceOf(Cancelled.class, laptop.verifications.now(begun));
    assertEquals(CancelCode.UNKNOWN_TRANSACTION, gone.code());
    assertEquals(gone, laptop.verifications.cancel(begun));
    assertEquals(List.of(), world.collect());
  }

  @Test
  void oldRequestsAndThoseFromTheFutureAreNotHeard() {
    ObjectNode request = request("T1", "PHONE");
    for (long away : List.of(-600_001L, 300_001L, Long.MIN_VALUE / 2, Long.MAX_VALUE / 2)) {
      laptop.hear(ALICE, "request", request.put("timestamp", world.now.toEpochMilli() + away));
    }
    laptop.hear(ALICE, "request", request.put("timestamp", "now"));
    request.remove("timestamp");
    laptop.hear(ALICE, "request", request);
    assertEquals(List.of(), laptop.verifications.open());
    laptop.hear(ALICE, "request", request.put("timestamp", world.now.toEpochMilli() + 300_000));
    assertEquals(1, laptop.verifications.open().size());
    world.now = world.now.plusSeconds(100);
    assertEquals(1, laptop.verifications.open().size());
  }

  @Test
  void aDeviceThatAsksTwiceAtATimeHasBothCancelled() {
    laptop.hear(ALICE, "request", request("T1", "PHONE"));
    laptop.hear(ALICE, "request", request("T2", "TABLET"));
    laptop.hear(ALICE, "request", request("T3", "PHONE"));
    assertEquals(1, laptop.verifications.open().size());
    assertEquals(
        List.of("m.unexpected_message", "m.unexpected_message"),
        world.collect().stream().map(each -> each.content().path("code").stringValue()).toList());
  }

  @Test
  void thereIsALimitForAUserAndForAll() {
    for (int i = 0; i < 6; i++) {
      laptop.hear(BOB, "request", request("T" + i, "BOB" + i));
    }
    assertEquals(Exchanges.MAX_OPEN_OF_USER, laptop.verifications.open().size());
    for (int i = 0; i < 100; i++) {
      UserId user = new UserId("@user" + i + ":other.org");
      laptop.hear(user, "request", request("T" + i, "DEVICE"));
    }
    assertEquals(Exchanges.MAX_OPEN, laptop.verifications.open().size());
    // What begins here has room nevertheless.
    laptop.verifications.request(ALICE, Set.of(phone.device));
    assertEquals(Exchanges.MAX_OPEN + 1, laptop.verifications.open().size());
  }

  @Test
  void endedOnesAreForgottenWhenThereAreMany() {
    for (int i = 0; i < 2 * Exchanges.MAX_ENDED; i++) {
      laptop.hear(BOB, "request", request("T" + i, "BOB1"));
      laptop.hear(BOB, "cancel", request("T" + i, "BOB1").put("code", "m.user"));
    }
    // Of a forgotten one the end is no longer known, so a message is answered.
    laptop.hear(BOB, "done", request("T0", "BOB1"));
    assertEquals(1, world.collect().size());
    laptop.hear(BOB, "done", request("T" + (2 * Exchanges.MAX_ENDED - 1), "BOB1"));
    assertEquals(0, world.collect().size());
  }

  @Test
  void requestsOfUnknownDevicesSayWhoseKeysAreWanted() {
    laptop.hear(BOB, "request", request("T1", "BOB1"));
    laptop.hear(ALICE, "request", request("T1", "PHONE"));
    assertEquals(Set.of(BOB), laptop.verifications.wanted());
    assertEquals(Set.of(), laptop.verifications.wanted());
  }

  @Test
  void keysAreWantedBeforeTheyAreNeeded() {
    laptop.forgotten.add("PHONE");
    laptop.verifications.request(ALICE, Set.of(phone.device));
    assertEquals(Set.of(ALICE), laptop.verifications.wanted());
    assertEquals(Set.of(), laptop.verifications.wanted());
    world.deliver();
    phone.accept();
    assertEquals(Set.of(ALICE), laptop.verifications.wanted());
    assertEquals(Set.of(), laptop.verifications.wanted());
  }

  @Test
  void requestsForOtherMethodsAreShownAndNotAnswered() {
    ObjectNode request = request("T1", "PHONE");
    request.putArray("methods").add("m.qr_code.show.v1").add("m.reciprocate.v1");
    laptop.hear(ALICE, "request", request);
    laptop.phase(Unsupported.class);
    assertEquals(List.of(), world.collect());
  }

  @Test
  void whatWasDoneInAPhaseThatIsOverHasNoEffect() {
    request();
    RequestReceived request = phone.phase(RequestReceived.class);
    phone.accept();
    Ready ready = phone.phase(Ready.class);
    assertEquals(ready, phone.verifications.accept(request));
    phone.start();
    KeysExchanged codes = phone.phase(KeysExchanged.class);
    assertEquals(codes, phone.verifications.start(ready));
    phone.confirm();
    Confirmed confirmed = phone.phase(Confirmed.class);
    assertEquals(confirmed, phone.verifications.confirm(codes));
    assertEquals(confirmed, phone.verifications.mismatch(codes));
    assertEquals(List.of(), world.collect());
    assertInstanceOf(Cancelled.class, phone.verifications.cancel(request));
  }

  @Test
  void theSameMessageTwiceIsNoOffence() {
    world.tampering =
        parcel -> {
          for (World.Person person : world.devices) {
            if (person.device.value().equals(parcel.device())) {
              person.verifications.receive(ALICE, null, parcel.type(), parcel.content().deepCopy());
            }
          }
        };
    request();
    phone.accept().start();
    laptop.confirm();
    phone.confirm();
    laptop.phase(Done.class);
    phone.phase(Done.class);
  }

  @Test
  void closingForgetsAll() {
    request();
    phone.accept().start();
    phone.verifications.close();
    assertEquals(List.of(), phone.verifications.open());
    assertFalse(laptop.verifications.open().isEmpty());
    assertEquals(List.of(), world.collect());
  }

  @Test
  void messagesThatAnotherDeviceEncryptedAreNotHeard() {
    request();
    phone.accept();
    ObjectNode cancel = request(transaction(), "PHONE").put("code", "m.user");
    laptop.verifications.receive(
        ALICE, new DeviceId("TABLET"), "m.key.verification.cancel", cancel);
    laptop.phase(Ready.class);
    laptop.verifications.receive(ALICE, new DeviceId("PHONE"), "m.key.verification.cancel", cancel);
    laptop.assertCancelled(CancelCode.USER, By.THEM);
  }
}
