package dev.sotto.client.encryption.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.protocol.crypto.JsonSignatures;
import dev.sotto.protocol.json.Json;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class IdentitiesTest {
  private final Here here = new Here();
  private final Person bob = new Person("@bob:other.org");

  @AfterEach
  void close() {
    here.close();
  }

  private DeviceTrust trust(Device device) {
    return here.identities.trust(device);
  }

  /// Bob with other keys than before.
  private static Person newBob() {
    return new Person("@bob:other.org");
  }

  /// Lets another of Alice's devices verify Bob.
  private static void signs(Person alice, Person bob) {
    JsonSignatures.sign(bob.masterKey, alice.user.value(), alice.userSigning);
  }

  @Test
  void anIdentityIsPinnedWhenItIsSeenFirst() {
    assertEquals(UserTrust.NONE, here.identities.trust(bob.user));
    assertEquals(List.of(), here.hears(bob));
    assertEquals(UserTrust.PINNED, here.identities.trust(bob.user));
    Identity identity = here.identities.of(bob.user).orElseThrow();
    assertEquals(bob.masterVerifyKey(), identity.master().key());
    assertEquals(bob.selfSigning.verifyKey(), identity.selfSigning().key());
  }

  @Test
  void aDeviceIsItsOwnersIfTheOwnerHasSignedIt() {
    Device signed = bob.signedDevice("B1");
    Device unsigned = bob.device("B2");
    assertEquals(DeviceTrust.UNSIGNED, trust(signed));
    here.hears(bob);
    assertEquals(DeviceTrust.SIGNED, trust(signed));
    assertEquals(DeviceTrust.UNSIGNED, trust(unsigned));
  }

  @Test
  void aSignatureIsForTheDeviceItWasMadeFor() {
    here.hears(bob);
    Device signed = bob.signedDevice("B1");
    assertEquals(DeviceTrust.SIGNED, trust(signed));
    ObjectNode other = bob.device("B1").json();
    String keyId = bob.selfSigning.keyId();
    other
        .withObjectProperty("signatures")
        .withObjectProperty(bob.user.value())
        .put(keyId, JsonSignatures.signature(signed.json(), bob.user.value(), keyId));
    assertEquals(DeviceTrust.UNSIGNED, trust(bob.device(other)));
    assertEquals(DeviceTrust.SIGNED, trust(signed));
  }

  @Test
  void thisDeviceIsVerified() {
    assertEquals(DeviceTrust.VERIFIED, trust(here.device()));
  }

  @Test
  void anotherMasterKeyIsAChangeUntilItIsConfirmed() {
    here.hears(bob);
    Person changed = newBob();
    Device device = changed.signedDevice("B1");
    Device formerDevice = bob.signedDevice("B2");
    IdentityChange change = new IdentityChange(bob.user, changed.masterVerifyKey(), false);
    assertEquals(List.of(change), here.hears(changed));
    assertEquals(List.of(), here.hears(changed));
    here.restart();
    assertEquals(Optional.of(change), here.identities.unconfirmed(bob.user));
    assertEquals(UserTrust.CHANGED, here.identities.trust(bob.user));
    // Who was not verified may begin anew: that is told, and goes on.
    assertEquals(DeviceTrust.SIGNED, trust(device));
    assertEquals(DeviceTrust.UNSIGNED, trust(formerDevice));

    assertFalse(here.identities.confirm(bob.user, bob.masterVerifyKey()));
    assertTrue(here.identities.confirm(bob.user, changed.masterVerifyKey()));
    assertEquals(DeviceTrust.SIGNED, trust(device));
    assertEquals(DeviceTrust.UNSIGNED, trust(formerDevice));
    assertEquals(Optional.empty(), here.identities.unconfirmed(bob.user));
    assertEquals(1, here.hears(bob).size());
  }

  @Test
  void aChangeThatIsTakenBackLeavesEverythingAsItWas() {
    here.recovers();
    here.hears(bob);
    here.identities.verified(bob.user, bob.masterVerifyKey());
    Device device = bob.signedDevice("B1");
    here.hears(newBob());
    assertEquals(DeviceTrust.OWNER_CHANGED, trust(device));
    assertEquals(List.of(), here.hears(bob));
    assertEquals(DeviceTrust.VERIFIED, trust(device));
  }

  @Test
  void whatAnAnswerLeavesOutStaysKnown() {
    here.recovers();
    here.hears(bob);
    here.identities.verified(bob.user, bob.masterVerifyKey());
    Device device = bob.signedDevice("B1");
    ObjectNode whole = bob.answer();
    for (String field : List.copyOf(whole.propertyNames())) {
      ObjectNode part = whole.deepCopy();
      part.remove(field);
      assertEquals(List.of(), here.hears(bob.user, part), field);
      assertEquals(DeviceTrust.VERIFIED, trust(device), field);
    }
    here.hears(bob.user, Json.object());
    here.restart();
    assertEquals(DeviceTrust.VERIFIED, trust(device));
  }

  @Test
  void whoWasVerifiedAndChangedLosesTrustEvenIfOurSignatureIsTakenAwayBefore() {
    Person alice = here.recovers();
    signs(alice, bob);
    here.hears(bob);
    Device device = bob.signedDevice("B1");
    assertEquals(DeviceTrust.VERIFIED, trust(device));
    bob.masterKey.remove("signatures");
    here.hears(bob);
    assertEquals(DeviceTrust.VERIFIED, trust(device));
    // The server shows another identity of Alice's, which has verified nobody.
    here.hears(new Person(Here.ALICE.value()));
    assertEquals(UserTrust.PINNED, here.identities.trust(bob.user));
    here.restart();
    Person changed = newBob();
    assertEquals(
        List.of(new IdentityChange(bob.user, changed.masterVerifyKey(), true)),
        here.hears(changed));
  }

  @Test
  void verificationsByOtherDevicesOfOnesOwnCountOnceOnesIdentityIsVerified() {
    Person alice = new Person(Here.ALICE.value());
    signs(alice, bob);
    here.hears(bob);
    here.hears(alice);
    Device device = bob.signedDevice("B1");
    assertEquals(DeviceTrust.SIGNED, trust(device));
    here.identities.verified(Here.ALICE, alice.masterVerifyKey());
    assertEquals(DeviceTrust.VERIFIED, trust(device));
    here.restart();
    assertEquals(DeviceTrust.VERIFIED, trust(device));
    assertTrue(here.hears(newBob()).getFirst().wasVerified());
  }

  @Test
  void whoIsVerifiedAnewNeedsNoConfirmation() {
    Person alice = here.recovers();
    here.hears(bob);
    Person byOther = newBob();
    here.hears(byOther);
    signs(alice, byOther);
    here.hears(byOther);
    assertEquals(UserTrust.VERIFIED, here.identities.trust(bob.user));
    Person byUs = newBob();
    assertTrue(here.hears(byUs).getFirst().wasVerified());
    assertEquals(VerifyOutcome.SIGNED, here.identities.verified(bob.user, byUs.masterVerifyKey()));
    assertEquals(UserTrust.VERIFIED, here.identities.trust(bob.user));
    assertEquals(Optional.empty(), here.identities.unconfirmed(bob.user));
  }

  @Test
  void aVerifiedUserIsSignedForOnesOtherDevicesToSee() {
    Person alice = here.recovers();
    here.uploads();
    here.hears(bob);
    assertEquals(VerifyOutcome.SIGNED, here.identities.verified(bob.user, bob.masterVerifyKey()));
    here.restart();
    ObjectNode body = here.uploads();
    assertEquals(Set.of(bob.user.value()), Set.copyOf(body.propertyNames()));
    ObjectNode signed =
        (ObjectNode) body.path(bob.user.value()).path(bob.masterVerifyKey().base64());
    assertTrue(
        JsonSignatures.verify(
            signed, alice.user.value(), alice.userSigning.keyId(), alice.userSigning.verifyKey()));
    assertEquals(1, signed.path("signatures").size());
    signed.remove("signatures");
    assertEquals(bob.masterKey, signed);
    assertEquals(Optional.empty(), here.own().signatures());
  }

  @Test
  void whoIsVerifiedWithoutPrivateKeysIsSignedWhenTheyCome() {
    here.hears(bob);
    assertEquals(
        VerifyOutcome.KEPT_HERE, here.identities.verified(bob.user, bob.masterVerifyKey()));
    assertEquals(DeviceTrust.VERIFIED, trust(bob.signedDevice("B1")));
    assertEquals(Optional.empty(), here.own().signatures());
    here.recovers();
    assertTrue(here.uploads().has(bob.user.value()));
  }

  @Test
  void onlyTheKeyThatIsKnownNowIsVerified() {
    here.recovers();
    assertEquals(VerifyOutcome.REFUSED, here.identities.verified(bob.user, bob.masterVerifyKey()));
    here.hears(bob);
    assertEquals(
        VerifyOutcome.REFUSED, here.identities.verified(bob.user, newBob().masterVerifyKey()));
    bob.devices.add(bob.device(bob.selfSigning.verifyKey().base64()).json());
    here.hears(bob);
    assertEquals(VerifyOutcome.REFUSED, here.identities.verified(bob.user, bob.masterVerifyKey()));
    assertEquals(UserTrust.PINNED, here.identities.trust(bob.user));
  }

  @Test
  void aDeviceCanBeVerifiedItself() {
    Device device = bob.device("B1");
    assertEquals(VerifyOutcome.KEPT_HERE, here.identities.verified(device));
    here.restart();
    assertEquals(DeviceTrust.VERIFIED, trust(device));
    assertEquals(DeviceTrust.UNSIGNED, trust(bob.device("B1")));
    here.hears(bob);
    here.identities.verified(bob.user, bob.masterVerifyKey());
    here.hears(newBob());
    assertEquals(DeviceTrust.OWNER_CHANGED, trust(device));
  }

  @Test
  void aDeviceThatWasVerifiedItselfIsOfTheIdentityThatItsOwnerHadThen() {
    Person before = new Person(Here.ALICE.value());
    Person after = new Person(Here.ALICE.value());
    Device lost = before.signedDevice("LOST");
    here.hears(before);
    here.identities.verified(Here.ALICE, before.masterVerifyKey());
    here.identities.verified(lost);
    here.hears(after);
    here.identities.verified(Here.ALICE, after.masterVerifyKey());
    assertEquals(DeviceTrust.UNSIGNED, trust(lost), "another device has made a new identity");
    here.restart();
    assertEquals(DeviceTrust.UNSIGNED, trust(lost));
    assertEquals(DeviceTrust.VERIFIED, trust(after.signedDevice("KEPT")));
    here.identities.verified(lost);
    assertEquals(DeviceTrust.VERIFIED, trust(lost), "it was found again");
  }

  @Test
  void whoBeginsAnewGetsRidOfDevicesThatWereVerified() {
    here.hears(bob);
    Device lost = bob.signedDevice("LOST");
    here.identities.verified(lost);
    here.hears(newBob());
    assertEquals(DeviceTrust.UNSIGNED, trust(lost));
    here.hears(bob);
    assertEquals(DeviceTrust.VERIFIED, trust(lost), "somebody had pretended to be Bob");
  }

  @Test
  void ofOthersThanThoseAskedForNothingIsTaken() {
    here.identities.answered(Set.of(Here.ALICE), bob.answer());
    assertEquals(Optional.empty(), here.identities.of(bob.user));
  }

  @Test
  void aNewSelfSigningKeyTakesThePlaceOfTheFormerOne() {
    here.hears(bob);
    Device before = bob.signedDevice("B1");
    Person keys = newBob();
    bob.selfSigningKey.setAll(bob.signed(bob.key("self_signing", keys.selfSigning), bob.master));
    assertEquals(List.of(), here.hears(bob));
    assertEquals(DeviceTrust.UNSIGNED, trust(before));
    assertEquals(DeviceTrust.SIGNED, trust(keys.signedDevice("B2")));
  }

  @Test
  void aSignatureIsCheckedOnceForTheSameObject() {
    here.hears(bob);
    Device device = bob.signedDevice("B1");
    assertEquals(DeviceTrust.SIGNED, trust(device));
    // Nobody may alter it; to do so shows that it was not looked at again.
    device.json().remove("signatures");
    assertEquals(DeviceTrust.SIGNED, trust(device));
    Device copy =
        new Device(
            device.user(),
            device.id(),
            device.curve25519(),
            device.ed25519(),
            null,
            device.json().deepCopy().put("other", 1));
    assertEquals(DeviceTrust.UNSIGNED, trust(copy));
  }
}
