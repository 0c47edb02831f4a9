package dev.sotto.client.encryption.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.identity.OwnIdentityStatus.Phase;
import dev.sotto.client.encryption.request.OutgoingRequest.CrossSigningUpload;
import dev.sotto.client.encryption.request.OutgoingRequest.SignaturesUpload;
import dev.sotto.protocol.crypto.JsonSignatures;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.json.Json;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class OwnIdentityTest {
  private static final String ALICE = Here.ALICE.value();
  private static final Set<KeyRole> ALL = EnumSet.allOf(KeyRole.class);

  private final Here here = new Here();

  @AfterEach
  void close() {
    here.close();
  }

  private OwnIdentity own() {
    return here.own();
  }

  private CrossSigningUpload bootstrapped() {
    here.hearsOfNoIdentity();
    assertEquals(BootstrapOutcome.MADE, own().bootstrap());
    return own().upload().orElseThrow();
  }

  private static VerifyKey key(ObjectNode upload, String field) {
    return VerifyKey.ofBase64(upload.path(field).path("keys").iterator().next().stringValue());
  }

  /// What the server answers when it has taken an upload.
  private ObjectNode shown(CrossSigningUpload upload) {
    ObjectNode answer = Json.object();
    upload
        .body()
        .forEachEntry((field, key) -> answer.putObject(field + "s").set(ALICE, key.deepCopy()));
    answer.putObject("device_keys").putObject(ALICE).set("PHONE", here.account.deviceKeys());
    return answer;
  }

  private static void assertSigned(JsonNode object, VerifyKey key) {
    assertTrue(JsonSignatures.verify((ObjectNode) object, ALICE, CrossSigningKey.keyId(key), key));
  }

  @Test
  void anIdentityIsMadeOnlyWhereTheServerHasNone() {
    assertEquals(Phase.NOT_ASKED, own().status().phase());
    assertEquals(BootstrapOutcome.NOT_ASKED, own().bootstrap());
    here.hearsOfNoIdentity();
    assertEquals(Phase.NONE, own().status().phase());
    here.restart();
    assertEquals(Phase.NONE, own().status().phase());
    here.hears(new Person(ALICE));
    assertEquals(BootstrapOutcome.EXISTS, own().bootstrap());
    assertEquals(Optional.empty(), own().upload());
  }

  @Test
  void anIdentityIsPublishedAndThenSignsTheDeviceThatMadeIt() {
    CrossSigningUpload upload = bootstrapped();
    assertTrue(own().status().uploading());
    assertFalse(own().status().verified());
    VerifyKey master = key(upload.body(), "master_key");
    VerifyKey selfSigning = key(upload.body(), "self_signing_key");
    assertSigned(upload.body().path("self_signing_key"), master);
    assertSigned(upload.body().path("user_signing_key"), master);
    own().sent(upload);
    assertEquals(new OwnIdentityStatus(Phase.PRESENT, false, true, ALL, false), own().status());

    SignaturesUpload signatures = own().signatures().orElseThrow();
    assertEquals(Optional.empty(), own().signatures());
    JsonNode alices = signatures.body().path(ALICE);
    assertEquals(2, alices.size());
    assertSigned(alices.path("PHONE"), selfSigning);
    VerifyKey device = here.account.keys().ed25519Key();
    assertTrue(
        JsonSignatures.verify(
            (ObjectNode) alices.path(master.base64()), ALICE, "ed25519:PHONE", device));
    own().sent(signatures, Json.object());
    assertTrue(own().status().deviceSigned());
    here.restart();
    assertEquals(new OwnIdentityStatus(Phase.PRESENT, false, true, ALL, true), own().status());
    assertEquals(Optional.empty(), own().upload());
    assertEquals(Optional.empty(), own().signatures());
  }

  @Test
  void anUploadThatMayNotHaveArrivedIsMadeAgainWithTheSameKeys() {
    CrossSigningUpload upload = bootstrapped();
    own().failed(upload);
    assertEquals(upload.body(), own().upload().orElseThrow().body());
    here.restart();
    assertTrue(own().status().uploading());
    CrossSigningUpload again = own().upload().orElseThrow();
    assertEquals(upload.body(), again.body());
    own().sent(again);
    assertEquals(ALL, own().status().privateKeys());
  }

  @Test
  void aRefusedUploadWaitsUntilSomebodyAsksForItAgain() {
    CrossSigningUpload upload = bootstrapped();
    own().refused(upload);
    assertEquals(Optional.empty(), own().upload());
    assertTrue(own().status().uploading());
    assertEquals(BootstrapOutcome.MADE, own().bootstrap());
    assertEquals(upload.body(), own().upload().orElseThrow().body());
  }

  @Test
  void anUploadWhoseAnswerWasLostIsFoundToHaveArrived() {
    CrossSigningUpload upload = bootstrapped();
    here.restart();
    assertEquals(List.of(), here.hears(Here.ALICE, shown(upload)));
    assertEquals(new OwnIdentityStatus(Phase.PRESENT, false, true, ALL, false), own().status());
    assertEquals(Optional.empty(), own().upload());
    assertTrue(own().signatures().orElseThrow().body().path(ALICE).has("PHONE"));
  }

  @Test
  void whatWasMadeIsDroppedIfAnotherDeviceWasFaster() {
    CrossSigningUpload upload = bootstrapped();
    Person other = new Person(ALICE);
    here.hears(other);
    own().failed(upload);
    assertEquals(Optional.empty(), own().upload());
    assertEquals(
        new OwnIdentityStatus(Phase.PRESENT, false, false, Set.of(), false), own().status());
  }

  @Test
  void anUploadThatArrivedAfterAnotherDevicesIsStillAdopted() {
    CrossSigningUpload upload = bootstrapped();
    here.hears(new Person(ALICE));
    own().sent(upload);
    assertEquals(ALL, own().status().privateKeys());
  }

  @Test
  void theFormerKeysStayUntilAResetIsPublished() {
    Person alice = here.recovers();
    own().reset();
    CrossSigningUpload upload = own().upload().orElseThrow();
    assertEquals(Optional.of(Here.secret(alice.master)), own().exported(KeyRole.MASTER));
    assertFalse(own().abandonRefused());
    own().refused(upload);
    assertTrue(own().status().uploading());
    assertTrue(own().abandonRefused());
    assertEquals(ALL, own().status().privateKeys());
    own().sent(upload);
    assertEquals(Optional.of(Here.secret(alice.master)), own().exported(KeyRole.MASTER));
    assertEquals(Optional.empty(), own().upload());

    own().reset();
    CrossSigningUpload second = own().upload().orElseThrow();
    own().sent(second);
    assertEquals(new OwnIdentityStatus(Phase.PRESENT, false, true, ALL, false), own().status());
    assertEquals(
        key(second.body(), "master_key"),
        here.identities.of(Here.ALICE).orElseThrow().master().key());
    assertEquals(List.of(), here.hears(Here.ALICE, shown(second)));
  }

  @Test
  void whoeverElseResetTheIdentityIsNoticed() {
    Person alice = here.recovers();
    Person other = new Person(ALICE);
    assertEquals(
        List.of(new IdentityChange(Here.ALICE, other.masterVerifyKey(), true)), here.hears(other));
    here.restart();
    assertEquals(
        new OwnIdentityStatus(Phase.REPLACED, false, false, Set.of(), false), own().status());
    assertEquals(DeviceTrust.OWNER_CHANGED, here.identities.trust(other.signedDevice("LAPTOP")));
    assertFalse(own().sign(KeyRole.MASTER, Json.object()));

    // It was a lie: nothing is lost.
    here.hears(alice);
    assertEquals(ALL, own().status().privateKeys());
    assertTrue(own().status().verified());

    here.hears(other);
    assertTrue(here.identities.confirm(Here.ALICE, other.masterVerifyKey()));
    assertEquals(Phase.PRESENT, own().status().phase());
    assertFalse(own().status().verified());
    here.hears(alice);
    assertEquals(Set.of(), own().status().privateKeys());
  }

  @Test
  void privateKeysAreTakenOnlyIfTheyBelongToThePublishedOnes() {
    Person alice = new Person(ALICE);
    PrivateSeed master = Here.secret(alice.master);
    assertEquals(
        Map.of(KeyRole.MASTER, ImportOutcome.NO_IDENTITY),
        own().importKeys(Map.of(KeyRole.MASTER, master)));
    here.hears(alice);
    assertEquals(
        Map.of(
            KeyRole.MASTER, ImportOutcome.MISMATCH,
            KeyRole.SELF_SIGNING, ImportOutcome.MISMATCH),
        own()
            .importKeys(
                Map.of(
                    KeyRole.MASTER,
                    Here.secret(new Person(ALICE).master),
                    KeyRole.SELF_SIGNING,
                    master)));
    assertEquals(Set.of(), own().status().privateKeys());
    assertEquals(
        Map.of(KeyRole.SELF_SIGNING, ImportOutcome.IMPORTED),
        own().importKeys(Map.of(KeyRole.SELF_SIGNING, Here.secret(alice.selfSigning))));
    assertFalse(own().status().verified());
    assertEquals(Optional.empty(), own().signatures());
    assertEquals(
        Map.of(KeyRole.MASTER, ImportOutcome.IMPORTED),
        own().importKeys(Map.of(KeyRole.MASTER, master)));
    assertTrue(own().status().verified());
    assertEquals(EnumSet.of(KeyRole.MASTER, KeyRole.SELF_SIGNING), own().status().privateKeys());
    assertEquals(Optional.of(master), own().exported(KeyRole.MASTER));
    assertEquals(Optional.empty(), own().exported(KeyRole.USER_SIGNING));
    assertSigned(here.uploads().path(ALICE).path("PHONE"), alice.selfSigning.verifyKey());
  }

  @Test
  void ownDevicesAreVerifiedByOnesVerifiedIdentity() {
    Person alice = new Person(ALICE);
    here.hears(alice);
    Device laptop = alice.signedDevice("LAPTOP");
    assertEquals(DeviceTrust.SIGNED, here.identities.trust(laptop));
    assertEquals(
        VerifyOutcome.SIGNED, here.identities.verified(Here.ALICE, alice.masterVerifyKey()));
    assertEquals(DeviceTrust.VERIFIED, here.identities.trust(laptop));
    assertEquals(
        DeviceTrust.UNSIGNED, here.identities.trust(new Person(ALICE).signedDevice("EVIL")));
    // Without private keys, what can be signed is the master key, by the device.
    assertEquals(
        Set.of(alice.masterVerifyKey().base64()),
        Set.copyOf(here.uploads().path(ALICE).propertyNames()));
  }

  @Test
  void aVerifiedDeviceOfOnesOwnIsSigned() {
    Person alice = here.recovers();
    here.uploads();
    Device laptop = alice.device("LAPTOP");
    assertEquals(VerifyOutcome.SIGNED, here.identities.verified(laptop));
    assertEquals(DeviceTrust.VERIFIED, here.identities.trust(laptop));
    JsonNode signed = here.uploads().path(ALICE).path("LAPTOP");
    assertSigned(signed, alice.selfSigning.verifyKey());
    assertEquals(1, signed.path("signatures").path(ALICE).size());
  }

  @Test
  void aRefusedSignatureWaitsForNewsAndIsGivenUpInTheEnd() {
    Person alice = here.recovers();
    here.uploads();
    Device laptop = alice.device("LAPTOP");
    here.identities.verified(laptop);
    ObjectNode refusal = Json.object();
    refusal.putObject("failures").putObject(ALICE).putObject("LAPTOP");
    alice.devices.clear();
    for (int i = 0; i < 3; i++) {
      SignaturesUpload upload = own().signatures().orElseThrow();
      own().failed(upload);
      SignaturesUpload again = own().signatures().orElseThrow();
      if (i == 1) {
        own().refused(again);
      } else {
        own().sent(again, refusal);
      }
      assertEquals(Optional.empty(), own().signatures());
      here.hears(alice);
    }
    assertEquals(Optional.empty(), own().signatures());
    here.restart();
    assertEquals(Optional.empty(), own().signatures());
  }

  @Test
  void aSignatureThatTheServerLostIsMadeAgainButNotForEver() {
    Person alice = here.recovers();
    for (int i = 0; i < 4; i++) {
      here.uploads();
      here.hears(alice);
    }
    assertEquals(Optional.empty(), own().signatures());
  }

  @Test
  void otherThingsAreSignedByOnesVerifiedIdentity() {
    ObjectNode backup = Json.object().put("public_key", "abc");
    assertFalse(own().sign(KeyRole.MASTER, backup));
    Person alice = here.recovers();
    assertTrue(own().sign(KeyRole.MASTER, backup));
    assertSigned(backup, alice.masterVerifyKey());
    assertTrue(own().hasSigned(KeyRole.MASTER, backup));
    assertFalse(own().hasSigned(KeyRole.SELF_SIGNING, backup));
    backup.put("public_key", "def");
    assertFalse(own().hasSigned(KeyRole.MASTER, backup));
  }

  @Test
  void anIdentityThatTookThePlaceOfOnesOwnAddsNoDevices() {
    here.hears(new Person(ALICE));
    Person other = new Person(ALICE);
    here.hears(other);
    assertEquals(DeviceTrust.UNSIGNED, here.identities.trust(other.signedDevice("LAPTOP")));
  }
}
