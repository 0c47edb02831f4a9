package dev.sotto.homeserver.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.homeserver.keys.KeyStation.Identity;
import dev.sotto.homeserver.keys.KeyStation.Phone;
import dev.sotto.protocol.crypto.SigningKey;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class CrossSigningTest {
  private static final UserId ALICE = new UserId("@alice:example.org");
  private static final UserId BOB = new UserId("@bob:example.org");

  private final KeyStation station = new KeyStation();
  private final Identity alice = Identity.of(ALICE, "alice");
  private final Identity bob = Identity.of(BOB, "bob");
  private Phone phone;

  @BeforeEach
  void login() {
    phone = station.phone(ALICE, "PHONE");
    phone.uploadIdentity(station);
  }

  @AfterEach
  void close() {
    station.close();
  }

  private KeyQueries.Keys query(UserId viewer) {
    return station.keys.queries().query(viewer, Map.of(ALICE, List.of(), BOB, List.of()));
  }

  private ErrorCode refusal(ObjectNode body) {
    return assertThrows(
            MatrixException.class,
            () ->
                station
                    .keys
                    .crossSigning()
                    .upload(ALICE, CrossSigningUpload.of(body, ALICE, station.keys.gate()), true))
        .code();
  }

  private Map<UserId, Map<String, MatrixException>> sign(
      UserId signer, UserId target, String key, ObjectNode json) {
    return station.keys.signatures().upload(signer, Map.of(target, Map.of(key, json)));
  }

  private static ErrorCode code(
      Map<UserId, Map<String, MatrixException>> failures, UserId target, String key) {
    MatrixException failure = failures.getOrDefault(target, Map.of()).get(key);
    assertTrue(failure != null, "no failure for " + key);
    return failure.code();
  }

  private static ObjectNode parse(Map<?, String> keys, Object key) {
    return Json.parseObject(String.valueOf(keys.get(key)));
  }

  @Test
  void theFirstKeysNeedNoProofAndTheSameAgainNeither() {
    assertTrue(alice.upload(station, false));
    assertTrue(alice.upload(station, false));
    assertFalse(Identity.of(ALICE, "other").upload(station, false));
    assertEquals(alice.masterJson().path("keys"), parse(query(BOB).masters(), ALICE).path("keys"));
    assertTrue(Identity.of(ALICE, "other").upload(station, true));
    assertEquals(
        Identity.of(ALICE, "other").masterJson().path("keys"),
        parse(query(BOB).masters(), ALICE).path("keys"));
  }

  @Test
  void aKeyAddedLaterNeedsProof() {
    ObjectNode masterOnly = Json.object();
    masterOnly.set("master_key", alice.masterJson());
    CrossSigning service = station.keys.crossSigning();
    assertTrue(
        service.upload(
            ALICE, CrossSigningUpload.of(masterOnly, ALICE, station.keys.gate()), false));
    ObjectNode rest = alice.body();
    rest.remove("master_key");
    assertFalse(
        service.upload(ALICE, CrossSigningUpload.of(rest, ALICE, station.keys.gate()), false));
    assertTrue(
        service.upload(ALICE, CrossSigningUpload.of(rest, ALICE, station.keys.gate()), true));
    assertTrue(
        service.upload(ALICE, CrossSigningUpload.of(rest, ALICE, station.keys.gate()), false));
  }

  @Test
  void theUserSigningKeyIsForItsOwnerOnly() {
    alice.upload(station, false);
    assertEquals(Set.of(ALICE), query(BOB).selfSigning().keySet());
    assertEquals(Set.of(), query(BOB).userSigning().keySet());
    assertEquals(Set.of(ALICE), query(ALICE).userSigning().keySet());
  }

  @Test
  void keysThatTheMasterKeyDidNotSignAreRefused() {
    ObjectNode forged = alice.body();
    forged.set(
        "self_signing_key",
        KeyStation.signed(alice.json(alice.selfSigning(), "self_signing"), ALICE, bob.master()));
    assertEquals(ErrorCode.M_INVALID_SIGNATURE, refusal(forged));
    ObjectNode unsigned = alice.body();
    unsigned.set("user_signing_key", alice.json(alice.userSigning(), "user_signing"));
    assertEquals(ErrorCode.M_INVALID_SIGNATURE, refusal(unsigned));
    ObjectNode changed = alice.body();
    ((ObjectNode) changed.path("self_signing_key")).put("more", 1);
    assertEquals(ErrorCode.M_INVALID_SIGNATURE, refusal(changed));
    assertEquals(Map.of(), query(ALICE).masters());
  }

  @Test
  void keysOfAnotherFormAreRefused() {
    ObjectNode noMaster = alice.body();
    noMaster.remove("master_key");
    assertEquals(ErrorCode.M_MISSING_PARAM, refusal(noMaster));
    ObjectNode foreign = alice.body();
    ((ObjectNode) foreign.path("master_key")).put("user_id", BOB.value());
    assertEquals(ErrorCode.M_INVALID_PARAM, refusal(foreign));
    ObjectNode twoKeys = alice.body();
    ((ObjectNode) twoKeys.at("/master_key/keys")).put("ed25519:x", "y");
    assertEquals(ErrorCode.M_INVALID_PARAM, refusal(twoKeys));
    ObjectNode padded = alice.body();
    String key = Identity.publicKey(alice.master());
    ((ObjectNode) padded.path("master_key")).putObject("keys").put("ed25519:" + key, key + "=");
    assertEquals(ErrorCode.M_INVALID_PARAM, refusal(padded));
    ObjectNode noUsage = alice.body();
    ((ObjectNode) noUsage.path("master_key")).putArray("usage").add("self_signing");
    assertEquals(ErrorCode.M_INVALID_PARAM, refusal(noUsage));
  }

  @Test
  void aKeyThatIsNamedLikeADeviceIsRefused() {
    station.phone(ALICE, Identity.publicKey(alice.master()));
    assertEquals(ErrorCode.M_FORBIDDEN, refusal(alice.body()));
    Identity other = Identity.of(ALICE, "other");
    other.upload(station, false);
    assertTrue(reserves(new DeviceId(Identity.publicKey(other.selfSigning()))));
    assertFalse(reserves(phone.id()));
  }

  private boolean reserves(DeviceId device) {
    return station.journal.write(
        transaction -> station.keys.crossSigning().reserves(transaction, phone.number(), device));
  }

  @Test
  void aDeviceSignedByItsUserKeepsTheSignatureWhenItUploadsItsKeysAgain() {
    alice.upload(station, false);
    ObjectNode signed = KeyStation.signed(phone.identity(), ALICE, alice.selfSigning());
    assertEquals(Map.of(), sign(ALICE, ALICE, "PHONE", signed));
    phone.uploadIdentity(station);
    ObjectNode found = parse(query(BOB).devices().getOrDefault(ALICE, Map.of()), "PHONE");
    assertEquals(signed.path("signatures"), found.path("signatures"));

    Identity.of(ALICE, "other").upload(station, true);
    found = parse(query(BOB).devices().getOrDefault(ALICE, Map.of()), "PHONE");
    assertEquals(phone.identity().path("signatures"), found.path("signatures"));
  }

  @Test
  void forgedSignaturesAreReportedAndNotKept() {
    alice.upload(station, false);
    SigningKey forger = KeyStation.signingKey(alice.selfSigning().keyId(), "somebody else's seed");
    ObjectNode forged = KeyStation.signed(phone.identity(), ALICE, forger);
    assertEquals(
        ErrorCode.M_INVALID_SIGNATURE, code(sign(ALICE, ALICE, "PHONE", forged), ALICE, "PHONE"));
    assertEquals(
        ErrorCode.M_INVALID_SIGNATURE,
        code(sign(ALICE, ALICE, "PHONE", phone.identity()), ALICE, "PHONE"));
    ObjectNode another = phone.identity();
    another.put("more", "than was published");
    assertEquals(
        ErrorCode.M_INVALID_PARAM,
        code(
            sign(ALICE, ALICE, "PHONE", KeyStation.signed(another, ALICE, alice.selfSigning())),
            ALICE,
            "PHONE"));
    assertEquals(
        ErrorCode.M_NOT_FOUND, code(sign(ALICE, ALICE, "NOSUCH", forged), ALICE, "NOSUCH"));
    ObjectNode found = parse(query(BOB).devices().getOrDefault(ALICE, Map.of()), "PHONE");
    assertEquals(phone.identity().path("signatures"), found.path("signatures"));
  }

  @Test
  void theMasterKeyIsSignedByTheUsersDevices() {
    alice.upload(station, false);
    String master = Identity.publicKey(alice.master());
    ObjectNode signed = KeyStation.signed(alice.masterJson(), ALICE, phone.key());
    assertEquals(Map.of(), sign(ALICE, ALICE, master, signed));
    assertEquals(signed, parse(query(BOB).masters(), ALICE));
    SigningKey stranger = KeyStation.signingKey("ed25519:STRANGER", "stranger");
    assertEquals(
        ErrorCode.M_INVALID_SIGNATURE,
        code(
            sign(ALICE, ALICE, master, KeyStation.signed(alice.masterJson(), ALICE, stranger)),
            ALICE,
            master));
    // The same keys again, without the signature that came later, take nothing away.
    assertTrue(alice.upload(station, false));
    assertEquals(signed, parse(query(BOB).masters(), ALICE));
  }

  @Test
  void aMasterKeyUploadedWithADevicesSignatureKeepsIt() {
    ObjectNode body = alice.body();
    ObjectNode signed = KeyStation.signed(alice.masterJson(), ALICE, phone.key());
    body.set("master_key", signed);
    station
        .keys
        .crossSigning()
        .upload(ALICE, CrossSigningUpload.of(body, ALICE, station.keys.gate()), false);
    assertEquals(signed, parse(query(BOB).masters(), ALICE));
  }

  @Test
  void aSignatureOfAnotherUsersKeyIsSeenByTheSignerOnly() {
    alice.upload(station, false);
    station.phone(BOB, "BOBS").uploadIdentity(station);
    bob.upload(station, false);
    String master = Identity.publicKey(bob.master());
    ObjectNode signed = KeyStation.signed(bob.masterJson(), ALICE, alice.userSigning());
    long before = station.journal.head();
    assertEquals(Map.of(), sign(ALICE, BOB, master, signed));
    assertEquals(signed.path("signatures"), parse(query(ALICE).masters(), BOB).path("signatures"));
    assertNull(parse(query(BOB).masters(), BOB).path("signatures").get(ALICE.value()));
    DeviceLists lists = station.keys.deviceLists();
    assertEquals(Set.of(BOB), lists.changedUsers(ALICE, before, station.journal.head()));
    assertEquals(Set.of(), lists.changedUsers(BOB, before, station.journal.head()));

    assertEquals(
        ErrorCode.M_NOT_FOUND,
        code(
            sign(ALICE, BOB, "BOBS", KeyStation.signed(bob.masterJson(), ALICE, alice.master())),
            BOB,
            "BOBS"));
    Identity.of(BOB, "bob anew").upload(station, true);
    assertNull(parse(query(ALICE).masters(), BOB).path("signatures").get(ALICE.value()));
  }

  @Test
  void aSignatureByAKeyThatIsNotTheUserSigningKeyIsRefused() {
    alice.upload(station, false);
    station.users.number(BOB);
    bob.upload(station, false);
    String master = Identity.publicKey(bob.master());
    for (SigningKey key : List.of(alice.master(), alice.selfSigning(), phone.key())) {
      assertEquals(
          ErrorCode.M_INVALID_SIGNATURE,
          code(
              sign(ALICE, BOB, master, KeyStation.signed(bob.masterJson(), ALICE, key)),
              BOB,
              master));
    }
  }

  @Test
  void aUserWhoIsGoneLeavesNoKeys() {
    alice.upload(station, false);
    station.keys.crossSigning().userRemoved(ALICE);
    assertEquals(Map.of(), query(ALICE).masters());
    assertEquals(Map.of(), query(ALICE).userSigning());
  }
}
