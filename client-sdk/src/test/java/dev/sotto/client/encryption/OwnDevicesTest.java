package dev.sotto.client.encryption;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.encryption.backup.DehydrationException;
import dev.sotto.client.encryption.identity.BootstrapOutcome;
import dev.sotto.client.encryption.identity.DeviceTrust;
import dev.sotto.client.encryption.identity.KeyRole;
import dev.sotto.client.encryption.identity.OwnIdentityStatus;
import dev.sotto.client.encryption.identity.OwnIdentityStatus.Phase;
import dev.sotto.client.encryption.identity.UserTrust;
import dev.sotto.client.encryption.request.OutgoingRequest;
import dev.sotto.client.encryption.secrets.SecretName;
import dev.sotto.client.encryption.secrets.SecretSharing;
import dev.sotto.client.engine.PickleKey;
import dev.sotto.client.verification.Verification;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.json.Json;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// Devices of one user: one makes the identity, another joins.
class OwnDevicesTest {
  private static final OwnIdentityStatus WHOLE =
      new OwnIdentityStatus(Phase.PRESENT, false, true, EnumSet.allOf(KeyRole.class), true);

  private static final RoomId ROOM = new RoomId("!room:example.org");

  private final KeyServer server = new KeyServer(OwnDevice.ALICE);
  private final OwnDevice phone = new OwnDevice(server, "PHONE");
  private final OwnDevice laptop = new OwnDevice(server, "LAPTOP");

  @AfterEach
  void close() {
    phone.close();
    laptop.close();
  }

  private void phoneMakesTheIdentity() {
    assertEquals(BootstrapOutcome.NOT_ASKED, phone.machine.crossSigning().bootstrap());
    OwnDevice.settle(phone);
    assertEquals(BootstrapOutcome.MADE, phone.machine.crossSigning().bootstrap());
    OwnDevice.settle(phone);
    assertEquals(WHOLE, phone.machine.crossSigning().status());
  }

  private void verifyEachOther() {
    laptop.machine.verification().request(OwnDevice.ALICE);
    OwnDevice.settle(phone, laptop);
    phone.machine.verification().accept(phone.phase(Verification.RequestReceived.class));
    OwnDevice.settle(phone, laptop);
    laptop.machine.verification().start(laptop.phase(Verification.Ready.class));
    OwnDevice.settle(phone, laptop);
    for (OwnDevice device : Set.of(phone, laptop)) {
      device.machine.verification().confirm(device.phase(Verification.KeysExchanged.class));
    }
    OwnDevice.settle(phone, laptop);
    phone.phase(Verification.Done.class);
    laptop.phase(Verification.Done.class);
  }

  @Test
  void aDeviceThatComesLaterMakesNoIdentityOfItsOwnAndIsNotTrusted() {
    phoneMakesTheIdentity();
    OwnDevice.settle(phone, laptop);
    assertEquals(BootstrapOutcome.EXISTS, laptop.machine.crossSigning().bootstrap());
    assertFalse(laptop.machine.crossSigning().status().verified());
    assertEquals(UserTrust.PINNED, laptop.machine.crossSigning().trust(OwnDevice.ALICE));
    assertEquals(DeviceTrust.SIGNED, laptop.trust(phone));
    assertEquals(DeviceTrust.UNSIGNED, phone.trust(laptop));
    OwnDevice.settle(phone, laptop);
    assertEquals(Set.of(), laptop.machine.crossSigning().status().privateKeys());
  }

  @Test
  void devicesThatVerifiedEachOtherAreSignedAndHaveTheSameKeys() {
    phoneMakesTheIdentity();
    OwnDevice.settle(phone, laptop);
    verifyEachOther();
    assertEquals(DeviceTrust.VERIFIED, phone.trust(laptop));
    assertEquals(DeviceTrust.VERIFIED, laptop.trust(phone));
    assertEquals(WHOLE, laptop.machine.crossSigning().status());
    try (OwnDevice tablet = new OwnDevice(server, "TABLET")) {
      OwnDevice.settle(phone, laptop, tablet);
      assertEquals(DeviceTrust.SIGNED, tablet.trust(laptop));
    }
  }

  @Test
  void whatAnotherDeviceResetsIsNoticedAndRecoveredByVerification() {
    phoneMakesTheIdentity();
    OwnDevice.settle(phone, laptop);
    laptop.machine.crossSigning().reset();
    OwnDevice.settle(phone, laptop);
    assertEquals(WHOLE, laptop.machine.crossSigning().status());
    assertEquals(Phase.REPLACED, phone.machine.crossSigning().status().phase());
    assertEquals(DeviceTrust.OWNER_CHANGED, phone.trust(laptop));
    assertTrue(
        phone.machine.crossSigning().unconfirmed(OwnDevice.ALICE).orElseThrow().wasVerified());
    verifyEachOther();
    assertEquals(WHOLE, phone.machine.crossSigning().status());
    assertEquals(DeviceTrust.VERIFIED, phone.trust(laptop));
    assertEquals(DeviceTrust.VERIFIED, laptop.trust(phone));
  }

  @Test
  void everyDeviceThatSomebodySitsAtIsAskedToVerify() throws DehydrationException {
    phoneMakesTheIdentity();
    DeviceId asleep = fallsAsleep();
    try (OwnDevice tablet = new OwnDevice(server, "TABLET")) {
      OwnDevice.settle(phone, laptop, tablet);
      tablet.machine.verification().request(OwnDevice.ALICE);
      OwnDevice.settle(phone, laptop, tablet);
      phone.phase(Verification.RequestReceived.class);
      laptop.phase(Verification.RequestReceived.class);
      assertEquals(List.of(), server.inbox(asleep));
    }
  }

  /// Leaves a dehydrated device at the server.
  private DeviceId fallsAsleep() throws DehydrationException {
    try (PickleKey key = PickleKey.generate(new SecureRandom())) {
      ObjectNode made = phone.machine.dehydration().make(key, "asleep");
      DeviceId id = new DeviceId(made.path("device_id").stringValue());
      server.answer(id, new OutgoingRequest.KeysUpload("1", made));
      return id;
    }
  }

  @Test
  void aResetLeavesTheDevicesOfTheFormerIdentityBehind() {
    phoneMakesTheIdentity();
    OwnDevice.settle(phone, laptop);
    verifyEachOther();
    phone.machine.remember(ROOM, Json.object().put("algorithm", "m.megolm.v1.aes-sha2"));
    EncryptionOutcome.Encrypted before = written();
    assertEquals(List.of(), before.leftOut());

    phone.machine.crossSigning().reset();
    OwnDevice.settle(phone, laptop);
    assertEquals(WHOLE, phone.machine.crossSigning().status());
    assertEquals(DeviceTrust.UNSIGNED, phone.trust(laptop));
    assertEquals(Map.of(), answersToRequestsForSecrets());
    EncryptionOutcome.Encrypted after = written();
    assertEquals(
        List.of(laptop.id), after.leftOut().stream().map(out -> out.device().id()).toList());
    assertNotEquals(session(before), session(after));
  }

  private EncryptionOutcome.Encrypted written() {
    EncryptionOutcome encryption = write();
    while (encryption instanceof EncryptionOutcome.NotYet) {
      OwnDevice.settle(phone, laptop);
      encryption = write();
    }
    return (EncryptionOutcome.Encrypted) encryption;
  }

  private EncryptionOutcome write() {
    return phone.machine.encrypt(ROOM, Set.of(), "m.x", Json.object());
  }

  private static String session(EncryptionOutcome.Encrypted written) {
    return written.content().path("session_id").stringValue();
  }

  /// How many messages come, by type, if the laptop asks the phone for all secrets.
  private Map<String, Long> answersToRequestsForSecrets() {
    for (SecretName name : SecretsDesk.names()) {
      ObjectNode body = Json.object();
      body.putObject("messages")
          .putObject(OwnDevice.ALICE.value())
          .putObject(phone.id.value())
          .put("action", "request")
          .put("requesting_device_id", laptop.id.value())
          .put("request_id", name.value())
          .put("name", name.value());
      server.answer(laptop.id, new OutgoingRequest.ToDevice("1", SecretSharing.REQUEST, body));
    }
    OwnDevice.settle(phone);
    return server.inbox(laptop.id).stream()
        .collect(
            Collectors.groupingBy(
                event -> event.path("type").stringValue(), Collectors.counting()));
  }
}
