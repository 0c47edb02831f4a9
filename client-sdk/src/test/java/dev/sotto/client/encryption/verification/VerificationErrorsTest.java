package dev.sotto.client.encryption.verification;

import static dev.sotto.client.encryption.verification.World.ALICE;
import static dev.sotto.client.encryption.verification.World.BOB;
import static dev.sotto.client.encryption.verification.World.ROOM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.sotto.client.engine.Sas;
import dev.sotto.client.verification.CancelCode;
import dev.sotto.client.verification.Verification;
import dev.sotto.client.verification.Verification.By;
import dev.sotto.client.verification.Verification.Cancelled;
import dev.sotto.client.verification.Verification.Confirmed;
import dev.sotto.client.verification.Verification.Done;
import dev.sotto.client.verification.Verification.KeysExchanged;
import dev.sotto.client.verification.Verification.Ready;
import dev.sotto.client.verification.Verification.RequestReceived;
import dev.sotto.client.verification.Verified;
import dev.sotto.protocol.json.Json;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/// Alice starts; what goes wrong is seen by her, unless it is said otherwise.
class VerificationErrorsTest {
  private final World world = new World();
  private final World.Person alice = world.device(ALICE, "ALICE1");
  private final World.Person bob = world.device(BOB, "BOB1");

  @AfterEach
  void close() {
    world.close();
  }

  private void run() {
    ready();
    act(alice, Ready.class, ready -> alice.verifications.start(ready));
    act(bob, KeysExchanged.class, codes -> bob.verifications.confirm(codes));
    act(alice, KeysExchanged.class, codes -> alice.verifications.confirm(codes));
  }

  private void ready() {
    alice.verifications.request(ROOM, BOB);
    world.deliver();
    act(bob, RequestReceived.class, request -> bob.verifications.accept(request));
  }

  private <T extends Verification> void act(World.Person who, Class<T> in, Consumer<T> what) {
    if (in.isInstance(who.phase())) {
      what.accept(in.cast(who.phase()));
      world.deliver();
    }
  }

  private void tamper(String kind, Consumer<ObjectNode> how) {
    world.tampering =
        parcel -> {
          if (parcel.kind().equals(kind)) {
            how.accept(parcel.content());
          }
        };
  }

  private void tamperWithBobs(String kind, Consumer<ObjectNode> how) {
    world.tampering =
        parcel -> {
          if (parcel.kind().equals(kind) && parcel.from().equals(bob)) {
            how.accept(parcel.content());
          }
        };
  }

  private void assertAliceCancels(CancelCode code) {
    run();
    alice.assertCancelled(code, By.US);
    bob.assertCancelled(code, By.THEM);
    assertEquals(code.value(), world.last("cancel").path("code").stringValue());
  }

  private void assertBobCancels(CancelCode code) {
    run();
    bob.assertCancelled(code, By.US);
    alice.assertCancelled(code, By.THEM);
  }

  @Test
  void anotherCommitmentIsSeen() {
    tamper("accept", accept -> accept.put("commitment", "A".repeat(43)));
    assertAliceCancels(CancelCode.MISMATCHED_COMMITMENT);
  }

  @Test
  void anotherKeyThanTheOneCommittedToIsSeen() {
    try (Sas sas = Sas.create()) {
      tamperWithBobs("key", key -> key.put("key", sas.publicKey().base64()));
      assertAliceCancels(CancelCode.MISMATCHED_COMMITMENT);
    }
  }

  @Test
  void aStartThatWasAlteredIsSeen() {
    tamper("start", start -> start.put("something", "else"));
    assertAliceCancels(CancelCode.MISMATCHED_COMMITMENT);
  }

  /// The side that answers has no commitment; people see it.
  @Test
  void somebodyInBetweenMakesOtherCodes() {
    try (Sas sas = Sas.create()) {
      world.tampering =
          parcel -> {
            if (parcel.kind().equals("key") && parcel.from().equals(alice)) {
              parcel.content().put("key", sas.publicKey().base64());
            }
          };
      ready();
      alice.start();
      assertNotEquals(
          alice.phase(KeysExchanged.class).emoji(), bob.phase(KeysExchanged.class).emoji());
      assertNotEquals(
          alice.phase(KeysExchanged.class).decimals(), bob.phase(KeysExchanged.class).decimals());
      bob.verifications.mismatch(bob.phase(KeysExchanged.class));
      world.deliver();
      bob.assertCancelled(CancelCode.MISMATCHED_SAS, By.US);
      alice.assertCancelled(CancelCode.MISMATCHED_SAS, By.THEM);
    }
  }

  @Test
  void codesOfAnotherSecretAreSeenEvenIfPeopleConfirm() {
    try (Sas sas = Sas.create()) {
      world.tampering =
          parcel -> {
            if (parcel.kind().equals("key") && parcel.from().equals(alice)) {
              parcel.content().put("key", sas.publicKey().base64());
            }
          };
      assertAliceCancels(CancelCode.KEY_MISMATCH);
    }
  }

  @Test
  void aCodeForAKeyThatIsWrongIsSeen() {
    tamperWithBobs(
        "mac", mac -> ((ObjectNode) mac.path("mac")).put("ed25519:BOB1", "A".repeat(43)));
    assertAliceCancels(CancelCode.KEY_MISMATCH);
  }

  @Test
  void aKeyThatWasAddedToTheListIsSeen() {
    tamperWithBobs("mac", mac -> ((ObjectNode) mac.path("mac")).put("ed25519:X", "A".repeat(43)));
    assertAliceCancels(CancelCode.KEY_MISMATCH);
  }

  @Test
  void aKeyThatWasTakenFromTheListIsSeen() {
    tamperWithBobs("mac", mac -> ((ObjectNode) mac.path("mac")).remove("ed25519:BOB1"));
    assertAliceCancels(CancelCode.KEY_MISMATCH);
  }

  @Test
  void aCodeForTheListThatIsWrongIsSeen() {
    tamperWithBobs("mac", mac -> mac.put("keys", "A".repeat(43)));
    assertAliceCancels(CancelCode.KEY_MISMATCH);
  }

  @Test
  void theCodesOfOneSideDoNotServeTheOther() {
    ready();
    alice.start();
    alice.confirm();
    ObjectNode own = world.last("mac").deepCopy();
    tamperWithBobs("mac", mac -> mac.setAll(own));
    bob.confirm();
    alice.assertCancelled(CancelCode.KEY_MISMATCH, By.US);
  }

  @Test
  void aServerThatToldAnotherFingerprintIsSeen() {
    alice.replaced.put("BOB1", world.key());
    assertAliceCancels(CancelCode.KEY_MISMATCH);
  }

  @Test
  void aServerThatToldAnotherMasterKeyIsNotBelieved() {
    alice.replaced.put(BOB.value(), world.key());
    run();
    // The codes name a master key that is not known here, so they say nothing of the one that is.
    assertEquals(
        new Verified(BOB, Map.of(bob.device, bob.fingerprint), Optional.empty()),
        alice.phase(Done.class).verified());
  }

  @Test
  void codesForNoKnownKeyShowNothing() {
    alice.replaced.put(BOB.value(), world.key());
    bob.trustsItsMaster = false;
    tamperWithBobs("mac", mac -> mac.putObject("mac"));
    assertAliceCancels(CancelCode.KEY_MISMATCH);
  }

  @Test
  void anUnknownDeviceCannotBeVerified() {
    alice.forgotten.add("BOB1");
    assertAliceCancels(CancelCode.KEY_MISMATCH);
  }

  @Test
  void aDeviceNamedLikeTheMasterKeyIsSeen() {
    world.device(BOB, world.master(BOB).orElseThrow().base64());
    assertAliceCancels(CancelCode.KEY_MISMATCH);
  }

  @ParameterizedTest
  @ValueSource(strings = {"BOB1", "@bob:other.org"})
  void aKeyThatChangesBeforeTheUserConfirmsIsSeen(String which) {
    ready();
    alice.start();
    alice.replaced.put(which, world.key());
    alice.confirm();
    alice.assertCancelled(CancelCode.KEY_MISMATCH, By.US);
    assertEquals(List.of("request", "start", "key", "cancel"), world.kindsBy(alice));
  }

  @ParameterizedTest
  @ValueSource(strings = {"BOB1", "@bob:other.org"})
  void aKeyThatChangesBeforeTheOtherSideConfirmsIsSeen(String which) {
    ready();
    alice.start();
    alice.confirm();
    alice.replaced.put(which, world.key());
    bob.confirm();
    alice.assertCancelled(CancelCode.KEY_MISMATCH, By.US);
    bob.assertCancelled(CancelCode.KEY_MISMATCH, By.THEM);
  }

  @ParameterizedTest
  @CsvSource({
    "key_agreement_protocols, curve25519",
    "hashes, md5",
    "message_authentication_codes, hkdf-hmac-sha256",
    "short_authentication_string, colours",
  })
  void aStartWithNothingInCommonIsRefused(String list, String only) {
    tamper("start", start -> start.putArray(list).add(only));
    assertBobCancels(CancelCode.UNKNOWN_METHOD);
  }

  @ParameterizedTest
  @CsvSource({
    "key_agreement_protocol, curve25519",
    "hash, md5",
    "message_authentication_code, hkdf-hmac-sha256",
  })
  void anAnswerThatChoosesWhatWasNotOfferedIsRefused(String member, String value) {
    tamper("accept", accept -> accept.put(member, value));
    assertAliceCancels(CancelCode.UNKNOWN_METHOD);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "[\"emoji\", \"colours\"]"})
  void anAnswerMustChooseFromTheFormsOffered(String forms) {
    tamper("accept", accept -> accept.set("short_authentication_string", Json.parse(forms)));
    assertAliceCancels(CancelCode.UNKNOWN_METHOD);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
  void aKeyThatMakesNoSecretIsRefused(String key) {
    tamperWithBobs("key", content -> content.put("key", key));
    assertAliceCancels(CancelCode.INVALID_MESSAGE);
  }

  @Test
  void aStartByAnotherMethodIsRefused() {
    tamper("start", start -> start.put("method", "m.reciprocate.v1").put("secret", "AAAA"));
    assertBobCancels(CancelCode.UNKNOWN_METHOD);
  }

  @Test
  void aStartFromAnotherDeviceIsNotHeard() {
    tamper("start", start -> start.put("from_device", "ALICE2"));
    run();
    bob.phase(Ready.class);
  }

  @Test
  void anAnswerWithoutACommonMethodIsRefused() {
    tamper("ready", ready -> ready.putArray("methods").add("org.example"));
    assertAliceCancels(CancelCode.UNKNOWN_METHOD);
  }

  @Test
  void twoStartsByDifferentMethodsEndIt() {
    ready();
    alice.verifications.start(alice.phase(Ready.class));
    tell(alice, "start", "{\"from_device\": \"BOB1\", \"method\": \"m.reciprocate.v1\"}");
    alice.assertCancelled(CancelCode.UNEXPECTED_MESSAGE, By.US);
  }

  /// Bob's device says something of its own accord.
  private void tell(World.Person whom, String kind, String content) {
    World.Person from = whom.equals(alice) ? bob : alice;
    ObjectNode object = World.object(content);
    object.putObject("m.relates_to").put("rel_type", "m.reference").put("event_id", "$event1");
    whom.hear(world.event(ROOM, from, "m.key.verification." + kind, object));
    world.deliver();
  }

  @ParameterizedTest
  @ValueSource(strings = {"start", "accept", "key", "mac", "done"})
  void nothingButAnAnswerFollowsARequest(String kind) {
    alice.verifications.request(ROOM, BOB);
    world.deliver();
    bob.seen.clear();
    ObjectNode content = World.object("{}");
    content.putObject("m.relates_to").put("rel_type", "m.reference").put("event_id", "$event1");
    // Nobody has said yet which device of hers goes on.
    content.put("from_device", "BOB1").put("method", "m.sas.v1");
    alice.hear(world.event(ROOM, bob, "m.key.verification." + kind, content));
    if (!kind.equals("start")) {
      alice.assertCancelled(CancelCode.UNEXPECTED_MESSAGE, By.US);
    }
    assertEquals(0, alice.verifications.open().stream().filter(Ready.class::isInstance).count());
  }

  @ParameterizedTest
  @ValueSource(strings = {"accept", "key", "mac", "done"})
  void nothingOfTheExchangeComesBeforeItsStart(String kind) {
    ready();
    tell(alice, kind, "{\"key\": \"a\", \"keys\": \"a\", \"mac\": {}}");
    alice.assertCancelled(CancelCode.UNEXPECTED_MESSAGE, By.US);
    bob.assertCancelled(CancelCode.UNEXPECTED_MESSAGE, By.THEM);
  }

  @ParameterizedTest
  @ValueSource(strings = {"start", "accept", "done"})
  void nothingOfTheExchangeComesAgainLater(String kind) {
    ready();
    alice.start();
    tell(alice, kind, "{\"from_device\": \"BOB1\", \"method\": \"m.sas.v1\", \"another\": true}");
    alice.assertCancelled(CancelCode.UNEXPECTED_MESSAGE, By.US);
  }

  @Test
  void aSecondKeyIsRefused() {
    ready();
    alice.start();
    try (Sas sas = Sas.create()) {
      tell(alice, "key", "{\"key\": \"" + sas.publicKey().base64() + "\"}");
    }
    alice.assertCancelled(CancelCode.UNEXPECTED_MESSAGE, By.US);
  }

  @Test
  void aSecondMacIsRefused() {
    ready();
    alice.start();
    bob.confirm();
    tell(alice, "mac", "{\"mac\": {}, \"keys\": \"a\"}");
    alice.assertCancelled(CancelCode.UNEXPECTED_MESSAGE, By.US);
  }

  @Test
  void withoutTheirCodesItIsNotDone() {
    world.lost = parcel -> parcel.kind().equals("mac") && parcel.from().equals(bob);
    run();
    tell(alice, "done", "{}");
    alice.phase(Confirmed.class);
    world.now = world.now.plus(Exchange.MAX_TIME).plusSeconds(1);
    alice.verifications.expire();
    alice.assertCancelled(CancelCode.TIMEOUT, By.US);
  }

  @Test
  void withoutTheirLastWordItIsNotDone() {
    world.lost = parcel -> parcel.kind().equals("done") && parcel.from().equals(bob);
    run();
    alice.phase(Confirmed.class);
    bob.phase(Done.class);
  }

  @Test
  void theLastWordMayOvertakeTheCodes() {
    ready();
    alice.start();
    world.lost = parcel -> parcel.kind().equals("mac") && parcel.from().equals(bob);
    alice.confirm();
    bob.confirm();
    alice.phase(Confirmed.class);
    world.lost = _ -> false;
    alice.hear(world.event(ROOM, bob, "m.key.verification.mac", world.last("mac")));
    world.deliver();
    alice.phase(Done.class);
  }

  @ParameterizedTest
  @EnumSource(
      value = CancelCode.class,
      names = {"USER", "TIMEOUT", "UNKNOWN_METHOD", "OTHER"})
  void theOtherSideMayCancelForAnyReason(CancelCode code) {
    ready();
    String value = code == CancelCode.OTHER ? "org.example.bored" : code.value();
    tell(alice, "cancel", "{\"code\": \"" + value + "\", \"reason\": \"\\u001b[2Jeno\\u202eugh\"}");
    Cancelled cancelled = alice.phase(Cancelled.class);
    assertEquals(code, cancelled.code());
    String shown = code == CancelCode.OTHER ? "[2Jenough" : code.sentence();
    assertEquals(shown, cancelled.reason());
    assertEquals(List.of(), world.collect());
  }

  @ParameterizedTest
  @ValueSource(strings = {"Ready", "Started", "KeysExchanged", "Confirmed"})
  void itCanBeCancelledInEachPhase(String phase) {
    world.lost = parcel -> phase.equals("Started") && parcel.kind().equals("accept");
    ready();
    if (!phase.equals("Ready")) {
      act(alice, Ready.class, ready -> alice.verifications.start(ready));
    }
    if (phase.equals("Confirmed")) {
      alice.confirm();
    }
    assertEquals(phase, alice.phase().getClass().getSimpleName());
    alice.cancel();
    alice.assertCancelled(CancelCode.USER, By.US);
    bob.assertCancelled(CancelCode.USER, By.THEM);
    Cancelled before = alice.phase(Cancelled.class);
    tell(alice, "done", "{}");
    tell(alice, "cancel", "{\"code\": \"m.timeout\"}");
    assertEquals(before, alice.phase());
  }

  @Test
  void afterTheEndNothingIsHeard() {
    run();
    Done done = alice.phase(Done.class);
    for (String kind : List.of("cancel", "start", "mac", "done", "ready")) {
      tell(alice, kind, "{\"code\": \"m.user\", \"from_device\": \"BOB1\"}");
    }
    assertEquals(done, alice.phase());
    assertEquals(List.of(), world.collect());
  }

  @Test
  void hugeMessagesEndIt() {
    ready();
    tell(bob, "start", "{\"x\": \"" + "x".repeat(20_000) + "\"}");
    bob.assertCancelled(CancelCode.INVALID_MESSAGE, By.US);
  }

  @Test
  void longListsEndIt() {
    tamper(
        "start",
        start -> {
          for (int i = 0; i < 100; i++) {
            start.withArrayProperty("hashes").add("hash" + i);
          }
        });
    assertBobCancels(CancelCode.INVALID_MESSAGE);
  }

  @Test
  void numbersThatHaveNoCanonicalFormEndIt() {
    tamper("start", start -> start.put("weight", 0.5));
    assertBobCancels(CancelCode.INVALID_MESSAGE);
  }

  @Test
  void halfSurrogatesEndIt() {
    ready();
    tell(bob, "start", "{\"from_device\": \"\\ud800\", \"method\": \"m.sas.v1\"}");
    bob.assertCancelled(CancelCode.INVALID_MESSAGE, By.US);
  }

  @Test
  void eachCodeHasItsNameOnTheWire() {
    for (CancelCode code : CancelCode.values()) {
      if (code != CancelCode.OTHER) {
        assertEquals("m." + code.name().toLowerCase(Locale.ROOT), code.value());
        assertEquals(code, Content.cancelCode(Json.object().put("code", code.value())));
      }
    }
    assertEquals(CancelCode.OTHER, Content.cancelCode(Json.object().put("code", "m.new")));
    assertEquals(CancelCode.OTHER, Content.cancelCode(Json.object().put("code", "")));
    assertInstanceOf(String.class, CancelCode.OTHER.sentence());
  }
}
