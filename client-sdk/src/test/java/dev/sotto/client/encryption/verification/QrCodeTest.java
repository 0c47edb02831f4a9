package dev.sotto.client.encryption.verification;

import static dev.sotto.client.encryption.verification.World.ALICE;
import static dev.sotto.client.encryption.verification.World.BOB;
import static dev.sotto.client.encryption.verification.World.ROOM;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.verification.CancelCode;
import dev.sotto.client.verification.Method;
import dev.sotto.client.verification.Verification.By;
import dev.sotto.client.verification.Verification.Confirmed;
import dev.sotto.client.verification.Verification.Done;
import dev.sotto.client.verification.Verification.KeysExchanged;
import dev.sotto.client.verification.Verification.Ready;
import dev.sotto.client.verification.Verification.Scanned;
import dev.sotto.client.verification.Verified;
import dev.sotto.protocol.crypto.VerifyKey;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QrCodeTest {
  private static final Set<Method> ALL = EnumSet.allOf(Method.class);

  private final World world = new World();
  private final World.Person alice = world.device(ALICE, "ALICE1", ALL);
  private final World.Person bob = world.device(BOB, "BOB1", ALL);
  private final World.Person laptop = world.device(ALICE, "LAPTOP", ALL);

  @AfterEach
  void close() {
    world.close();
  }

  private void readyInRoom() {
    alice.verifications.request(ROOM, BOB);
    world.deliver();
    bob.accept();
  }

  /// The laptop is new.
  private void readyAtHome() {
    laptop.trustsItsMaster = false;
    laptop.verifications.request(ALICE, Set.of(alice.device));
    world.deliver();
    alice.accept();
  }

  private Optional<byte[]> code(World.Person person) {
    return person.verifications.qrCode(person.phase(Ready.class));
  }

  private void scan(World.Person person, byte[] code) {
    person.verifications.scan(person.phase(Ready.class), code);
    world.deliver();
  }

  private void confirm(World.Person person) {
    person.verifications.confirm(person.phase(Scanned.class));
    world.deliver();
  }

  private Verified device(World.Person person) {
    return new Verified(person.user, Map.of(person.device, person.fingerprint), Optional.empty());
  }

  @Test
  void usersLearnOfEachOthersMasterKeysByOneScan() {
    readyInRoom();
    assertEquals(ALL, alice.phase(Ready.class).methods());
    scan(bob, code(alice).orElseThrow());
    bob.phase(Confirmed.class);
    confirm(alice);
    assertEquals(
        new Verified(BOB, Map.of(), world.master(BOB)), alice.phase(Done.class).verified());
    assertEquals(
        new Verified(ALICE, Map.of(), world.master(ALICE)), bob.phase(Done.class).verified());
    assertEquals(List.of("request", "done"), world.kindsBy(alice));
    assertEquals(List.of("ready", "start", "done"), world.kindsBy(bob));
  }

  @Test
  void aNewDeviceMayScanTheCodeOfOneThatTrustsTheMasterKey() {
    readyAtHome();
    scan(laptop, code(alice).orElseThrow());
    confirm(alice);
    assertEquals(
        new Verified(ALICE, Map.of(), world.master(ALICE)), laptop.phase(Done.class).verified());
    assertEquals(device(laptop), alice.phase(Done.class).verified());
  }

  @Test
  void aNewDeviceMayShowTheCode() {
    readyAtHome();
    scan(alice, code(laptop).orElseThrow());
    confirm(laptop);
    assertEquals(
        new Verified(ALICE, Map.of(), world.master(ALICE)), laptop.phase(Done.class).verified());
    assertEquals(device(laptop), alice.phase(Done.class).verified());
  }

  @Test
  void twoNewDevicesCannotVouchForTheMasterKey() {
    alice.trustsItsMaster = false;
    readyAtHome();
    scan(alice, code(laptop).orElseThrow());
    alice.assertCancelled(CancelCode.KEY_MISMATCH, By.US);
    laptop.assertCancelled(CancelCode.KEY_MISMATCH, By.THEM);
  }

  @Test
  void theCodeHoldsWhatTheSpecificationSays() {
    readyInRoom();
    byte[] code = code(alice).orElseThrow();
    byte[] head = new byte[10];
    System.arraycopy(code, 0, head, 0, 10);
    String id = "$event1";
    assertEquals("4d4154524958" + "02" + "00" + "0007", HexFormat.of().formatHex(head));
    assertEquals(id, new String(code, 10, 7, UTF_8));
    assertArrayEquals(world.master(ALICE).orElseThrow().bytes(), Arrays.copyOfRange(code, 17, 49));
    assertArrayEquals(world.master(BOB).orElseThrow().bytes(), Arrays.copyOfRange(code, 49, 81));
    assertEquals(16, code.length - 81);
    assertArrayEquals(code, code(alice).orElseThrow());
    assertNotEquals(
        HexFormat.of().formatHex(code), HexFormat.of().formatHex(code(bob).orElseThrow()));
  }

  /// The example of the specification, with an id of 45 characters.
  @Test
  void theSpecificationsExampleIsRead() {
    String id = "!ABCD" + "x".repeat(40);
    byte[] bytes =
        HexFormat.of()
            .parseHex(
                "4d4154524958"
                    + "02"
                    + "00"
                    + "002d"
                    + HexFormat.of().formatHex(id.getBytes(UTF_8))
                    + "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
                    + "101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f"
                    + "2021222324252627");
    QrCode code = QrCode.read(bytes).orElseThrow();
    assertEquals(QrCode.Mode.OTHER_USER, code.mode());
    assertEquals(id, code.transaction());
    assertTrue(
        code.hasKeys(
            VerifyKey.ofBase64("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"),
            VerifyKey.ofBase64("EBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8")));
    assertArrayEquals(" !\"#$%&'".getBytes(UTF_8), code.secret());
    assertArrayEquals(bytes, code.bytes());
    assertFalse(code.toString().contains("2021"));
  }

  @Test
  void whatIsNoCodeIsNotRead() {
    readyInRoom();
    byte[] code = code(alice).orElseThrow();
    for (int length = 0; length <= 81; length++) {
      assertEquals(Optional.empty(), QrCode.read(Arrays.copyOf(code, length)));
    }
    assertTrue(QrCode.read(Arrays.copyOf(code, 82)).isPresent());
    assertEquals(Optional.empty(), QrCode.read(Arrays.copyOf(code, 5000)));
    for (int place : List.of(0, 5, 6)) {
      byte[] other = code.clone();
      other[place]++;
      assertEquals(Optional.empty(), QrCode.read(other));
    }
    byte[] mode = code.clone();
    mode[7] = 3;
    assertEquals(Optional.empty(), QrCode.read(mode));
    mode[7] = -1;
    assertEquals(Optional.empty(), QrCode.read(mode));
    byte[] length = code.clone();
    length[8] = -1;
    assertEquals(Optional.empty(), QrCode.read(length));
  }

  @Test
  void theCodeOfAnotherVerificationIsPassedOver() {
    readyInRoom();
    byte[] code = code(alice).orElseThrow();
    code[16]++;
    scan(bob, code);
    scan(bob, new byte[100]);
    bob.phase(Ready.class);
    scan(bob, code(alice).orElseThrow());
    bob.phase(Confirmed.class);
  }

  /// Each of the two keys, and the mode.
  @ParameterizedTest
  @ValueSource(ints = {17, 48, 49, 80})
  void aCodeWithAnotherKeyIsSeen(int place) {
    readyInRoom();
    byte[] code = code(alice).orElseThrow();
    code[place] ^= 1;
    scan(bob, code);
    bob.assertCancelled(CancelCode.KEY_MISMATCH, By.US);
    alice.assertCancelled(CancelCode.KEY_MISMATCH, By.THEM);
  }

  @ParameterizedTest
  @ValueSource(bytes = {1, 2})
  void aCodeForOnesOwnDevicesIsNoneForAnotherUser(byte mode) {
    readyInRoom();
    byte[] code = code(alice).orElseThrow();
    code[7] = mode;
    scan(bob, code);
    bob.assertCancelled(CancelCode.KEY_MISMATCH, By.US);
  }

  @Test
  void aCodeOfAnotherUserIsNoneForOnesOwnDevices() {
    readyAtHome();
    byte[] code = code(alice).orElseThrow();
    code[7] = 0;
    scan(laptop, code);
    laptop.assertCancelled(CancelCode.KEY_MISMATCH, By.US);
  }

  @Test
  void whoDoesNotKnowTheSecretHasNotScanned() {
    readyInRoom();
    byte[] code = code(alice).orElseThrow();
    code[code.length - 1]++;
    scan(bob, code);
    alice.assertCancelled(CancelCode.KEY_MISMATCH, By.US);
    bob.assertCancelled(CancelCode.KEY_MISMATCH, By.THEM);
  }

  @Test
  void whoShowsTheCodeMaySayThatTheScanWentWrong() {
    readyInRoom();
    scan(alice, code(bob).orElseThrow());
    bob.phase(Scanned.class);
    bob.cancel();
    alice.assertCancelled(CancelCode.USER, By.THEM);
  }

  @Test
  void aScanCannotBeClaimedBeforeACodeIsShown() {
    readyInRoom();
    bob.hear(
        world.event(
            ROOM,
            alice,
            "m.key.verification.start",
            World.object(
                """
                {"from_device": "ALICE1", "method": "m.reciprocate.v1", "secret": "AAAA",
                 "m.relates_to": {"rel_type": "m.reference", "event_id": "$event1"}}
                """)));
    bob.assertCancelled(CancelCode.KEY_MISMATCH, By.US);
  }

  @Test
  void aKeyThatChangesAfterTheScanIsSeen() {
    readyInRoom();
    byte[] code = code(alice).orElseThrow();
    scan(bob, code);
    bob.replaced.put(ALICE.value(), world.key());
    confirm(alice);
    bob.assertCancelled(CancelCode.KEY_MISMATCH, By.US);
  }

  @Test
  void aKeyThatChangedWhileTheCodeWasShownIsSeen() {
    readyInRoom();
    byte[] code = code(alice).orElseThrow();
    alice.replaced.put(BOB.value(), world.key());
    scan(bob, code);
    confirm(alice);
    alice.assertCancelled(CancelCode.KEY_MISMATCH, By.US);
  }

  @Test
  void withoutTheOtherSidesWordItIsNotDone() {
    readyInRoom();
    scan(bob, code(alice).orElseThrow());
    alice.phase(Scanned.class);
    assertEquals(List.of("ready", "start"), world.kindsBy(bob));
    bob.phase(Confirmed.class);
  }

  @Test
  void theCodesMayBeComparedInstead() {
    readyInRoom();
    code(alice);
    code(bob);
    alice.start();
    assertEquals(alice.phase(KeysExchanged.class).emoji(), bob.phase(KeysExchanged.class).emoji());
    alice.confirm();
    bob.confirm();
    alice.phase(Done.class);
    bob.phase(Done.class);
  }

  @Test
  void ofTwoScansTheOneOfTheSmallerUserCounts() {
    readyInRoom();
    byte[] alices = code(alice).orElseThrow();
    byte[] bobs = code(bob).orElseThrow();
    alice.verifications.scan(alice.phase(Ready.class), bobs);
    bob.verifications.scan(bob.phase(Ready.class), alices);
    world.deliver();
    alice.phase(Confirmed.class);
    confirm(bob);
    alice.phase(Done.class);
    bob.phase(Done.class);
  }

  @Test
  void aScanAndAStartAtTheSameTimeEndIt() {
    readyInRoom();
    byte[] alices = code(alice).orElseThrow();
    alice.verifications.start(alice.phase(Ready.class));
    bob.verifications.scan(bob.phase(Ready.class), alices);
    world.deliver();
    assertTrue(alice.verifications.open().isEmpty());
    assertTrue(bob.verifications.open().isEmpty());
  }

  @Test
  void onlyWhatGoesTogetherIsOffered() {
    World.Person shows = world.device(BOB, "SHOWS", Set.of(Method.SAS, Method.SHOW_QR_CODE));
    shows.verifications.request(ALICE, Set.of(alice.device));
    world.deliver();
    alice.accept();
    assertEquals(Set.of(Method.SAS, Method.SCAN_QR_CODE), alice.phase(Ready.class).methods());
    assertEquals(Set.of(Method.SAS, Method.SHOW_QR_CODE), shows.phase(Ready.class).methods());
    assertEquals(Optional.empty(), code(alice));
    assertEquals(
        "[\"m.sas.v1\",\"m.qr_code.scan.v1\",\"m.reciprocate.v1\"]",
        world.last("ready").path("methods").toString());
    scan(shows, new byte[200]);
    shows.phase(Ready.class);
  }

  @Test
  void thereIsNoCodeWithoutTheKeysThatBelongIntoIt() {
    alice.trustsItsMaster = false;
    readyInRoom();
    assertEquals(Optional.empty(), code(alice));
    bob.forgotten.add("ALICE1");
    assertEquals(Optional.empty(), code(bob));
    bob.forgotten.clear();
    assertTrue(code(bob).isPresent());
  }

  @Test
  void aDeviceMayLearnToShowCodesLater() {
    World.Person shows = world.device(BOB, "SHOWS");
    shows.verifications.offer(Set.of(Method.SHOW_QR_CODE));
    shows.verifications.request(ALICE, Set.of(alice.device));
    world.deliver();
    alice.accept();
    assertEquals(Set.of(Method.SCAN_QR_CODE), alice.phase(Ready.class).methods());
    alice.verifications.start(alice.phase(Ready.class));
    alice.assertCancelled(CancelCode.UNKNOWN_METHOD, By.US);
  }

  @Test
  void methodsAreNamedAsSpecified() {
    assertEquals(
        List.of("m.sas.v1", "m.qr_code.show.v1", "m.qr_code.scan.v1", "m.reciprocate.v1"),
        Methods.names(ALL));
    assertEquals(List.of("m.sas.v1"), Methods.names(Set.of(Method.SAS)));
    assertEquals(Set.of(), Methods.common(ALL, Stream.of("m.qr_code.show.v1", "m.new").toList()));
  }
}
