package dev.sotto.client.encryption.identity;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.device.OwnAccount;
import dev.sotto.client.encryption.request.OutgoingRequest.SignaturesUpload;
import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.protocol.crypto.SigningKey;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// A device of Alice's: its store, account and what it knows of identities.
final class Here implements AutoCloseable {
  static final UserId ALICE = new UserId("@alice:example.org");
  static final DeviceId PHONE = new DeviceId("PHONE");

  private final SecureRandom random = new SecureRandom();
  final CryptoStore store;
  OwnAccount account;
  Identities identities;

  Here() {
    this(new MemoryStore());
  }

  Here(CryptoStore store) {
    this.store = store;
    account = open();
    identities = identities();
  }

  private OwnAccount open() {
    return OwnAccount.open(
        store, ALICE, PHONE, random, () -> Instant.EPOCH, new RequestIds(random));
  }

  private Identities identities() {
    return new Identities(store, account, random, new RequestIds(random));
  }

  /// As a new process finds it.
  void restart() {
    account.close();
    account = open();
    identities = identities();
  }

  OwnIdentity own() {
    return identities.own();
  }

  Device device() {
    return Device.of(ALICE, PHONE, account.deviceKeys()).orElseThrow();
  }

  List<IdentityChange> hears(Person person) {
    return hears(person.user, person.answer());
  }

  List<IdentityChange> hears(UserId user, ObjectNode answer) {
    return identities.answered(Set.of(user), answer);
  }

  /// The server says that Alice has this device and nothing else.
  void hearsOfNoIdentity() {
    ObjectNode answer = Json.object();
    answer
        .putObject("device_keys")
        .putObject(ALICE.value())
        .set(PHONE.value(), account.deviceKeys());
    hears(ALICE, answer);
  }

  /// Alice's identity, recovered here with all private keys.
  Person recovers() {
    Person alice = new Person(ALICE.value());
    alice.devices.add(account.deviceKeys());
    hears(alice);
    own()
        .importKeys(
            Map.of(
                KeyRole.MASTER, secret(alice.master),
                KeyRole.SELF_SIGNING, secret(alice.selfSigning),
                KeyRole.USER_SIGNING, secret(alice.userSigning)));
    return alice;
  }

  static PrivateSeed secret(SigningKey key) {
    return PrivateSeed.of(key.seed());
  }

  /// Uploads all signatures that wait, successfully.
  ObjectNode uploads() {
    SignaturesUpload upload = own().signatures().orElseThrow();
    own().sent(upload, Json.object());
    return upload.body();
  }

  @Override
  public void close() {
    account.close();
    store.close();
  }
}
