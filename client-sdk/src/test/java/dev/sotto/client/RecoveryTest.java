package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.Dehydration.Sleeper;
import dev.sotto.client.encryption.backup.BackupState.Active;
import dev.sotto.client.encryption.backup.DehydrationException;
import dev.sotto.client.encryption.secrets.SecretName;
import dev.sotto.client.encryption.secrets.SecretStorage;
import dev.sotto.client.engine.BackupDecryption;
import dev.sotto.client.engine.PickleKey;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.memory.SecretText;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.json.Json;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class RecoveryTest {
  private final Sandbox sandbox = new Sandbox();
  private final FakeAccount account = new FakeAccount(sandbox.server);
  private final SecureRandom random = new SecureRandom();
  private final Pump pump =
      new Pump(
          sandbox.calls,
          new MachineEncryption(sandbox.machine, _ -> {}, (_, _) -> {}),
          sandbox.handlers,
          Sandbox.BOT.value(),
          message -> {
            throw new AssertionError(message);
          });
  private final AccountData data = new AccountData(sandbox.calls, Sandbox.BOT);
  private final StoredSecrets secrets = new StoredSecrets(data, random);
  private final Dehydration dehydration =
      new Dehydration(
          sandbox.machine.dehydration(),
          sandbox.calls,
          secrets,
          sandbox.handlers,
          random,
          sandbox.pace,
          () -> {});
  private final Recovery recovery =
      new Recovery(
          sandbox.machine,
          pump,
          sandbox.handlers,
          new Security(
              sandbox.machine, pump, sandbox.handlers, Sandbox.BOT, new DeviceId("DEVICE")),
          Sandbox.BOT,
          data,
          secrets,
          dehydration,
          new KeyFiles(sandbox.machine, random, () -> {}),
          new Backups(sandbox.machine.backup(), pump, sandbox.calls, () -> {}));

  @AfterEach
  void close() {
    sandbox.close();
  }

  @Test
  void backupThatTheServerKeepsQuietAboutIsNotReplaced() {
    recovery.setUp();
    assertEquals(new Active("1", true), sandbox.machine.backup().state());
    account.broken = request -> request.equals("GET /_matrix/client/v3/room_keys/version");
    assertThrows(MatrixRequestException.class, recovery::setUp);
    assertThrows(MatrixRequestException.class, () -> recovery.restoreBackup(_ -> {}));
    account.broken = _ -> false;
    recovery.setUp();
    assertEquals(new Active("1", true), sandbox.machine.backup().state());
  }

  @Test
  void formerRecoveryKeyIsGoodUntilThereIsAnother() {
    String former = recovery.setUp();
    ObjectNode master = stored(SecretName.MASTER);
    account.broken = request -> request.endsWith(SecretName.SELF_SIGNING.value());
    assertThrows(MatrixRequestException.class, recovery::setUp);
    account.broken = _ -> false;
    assertEquals(2, stored(SecretName.MASTER).path("encrypted").size());
    assertTrue(opens(former, SecretName.MASTER));
    String next = recovery.setUp();
    assertTrue(opens(next, SecretName.MASTER));
    assertThrows(IllegalArgumentException.class, () -> recovery.recover(former));
    assertEquals(1, stored(SecretName.MASTER).path("encrypted").size());
    assertNotEquals(master, stored(SecretName.MASTER));
  }

  @Test
  void recoveryKeyIsShownThoughTheFormerCouldNotBeTakenAway() {
    recovery.setUp();
    // As soon as the new key is the usual one.
    ObjectNode former = stored(new SecretName(SecretStorage.DEFAULT_KEY));
    account.broken =
        request ->
            request.contains("m.cross_signing.")
                && !former.equals(account.data.get(SecretStorage.DEFAULT_KEY));
    List<String> told = new ArrayList<>();
    sandbox.handlers.addProblems(problem -> told.add(String.valueOf(problem.cause().getMessage())));
    String next = recovery.setUp();
    account.broken = _ -> false;
    assertTrue(opens(next, SecretName.MASTER));
    assertEquals(
        List.of(
            "The former recovery key still opens m.cross_signing.master,"
                + " m.cross_signing.self_signing, m.cross_signing.user_signing: to end that, make"
                + " a new one once more."),
        told);
    assertEquals(1, stored(SecretName.BACKUP).path("encrypted").size());
    recovery.setUp();
    assertEquals(1, stored(SecretName.MASTER).path("encrypted").size());
  }

  @Test
  void deviceThatAnotherHasLeftIsReplacedByOneThatTheNewRecoveryKeyWakes()
      throws DehydrationException {
    assertTrue(recovery.leaveDehydratedDevice(recovery.setUp()));
    ObjectNode former = account.sleeping;
    // As on a device that has never had the key.
    sandbox.machine.dehydration().forget();
    String next = recovery.setUp();
    assertNotEquals(former, account.sleeping);
    assertTrue(opens(next, SecretName.DEHYDRATED_DEVICE));
    try (PickleKey key = sandbox.machine.dehydration().key().orElseThrow()) {
      assertEquals(Sleeper.WOKEN, dehydration.wake(key));
    }
  }

  @Test
  void deviceThatCouldNotBeReplacedIsStillWokenByTheFormerRecoveryKey() {
    String former = recovery.setUp();
    assertTrue(recovery.leaveDehydratedDevice(former));
    ObjectNode sleeping = account.sleeping;
    sandbox.machine.dehydration().forget();
    account.broken = request -> request.startsWith("PUT ") && request.endsWith("dehydrated_device");
    assertThrows(MatrixRequestException.class, recovery::setUp);
    account.broken = _ -> false;
    assertEquals(sleeping, account.sleeping);
    assertTrue(opens(former, SecretName.DEHYDRATED_DEVICE));
    assertTrue(sandbox.machine.dehydration().key().isEmpty());
    String next = recovery.setUp();
    assertNotEquals(sleeping, account.sleeping);
    assertTrue(opens(next, SecretName.DEHYDRATED_DEVICE));
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 400, 403, 501})
  void serverThatMakesNothingOfSleepingDevicesHoldsNothingUp(int status) {
    account.odd = request -> request.endsWith("dehydrated_device") ? status : 0;
    assertTrue(opens(recovery.setUp(), SecretName.MASTER));
  }

  @Test
  void keyOfTheBackupIsStoredThoughItIsJustAskedWhichOneThereIs() {
    account.broken =
        request -> {
          // As another thread may do at any time.
          if (request.startsWith("PUT ") && request.endsWith(SecretName.MASTER.value())) {
            sandbox.machine.backup().recheck();
          }
          return false;
        };
    assertTrue(opens(recovery.setUp(), SecretName.BACKUP));
  }

  @Test
  void whereServersHaveNoSuchDevicesAnyMoreTheRecoveryKeyIsMadeAllTheSame() {
    assertTrue(recovery.leaveDehydratedDevice(recovery.setUp()));
    account.odd = request -> request.endsWith("dehydrated_device") ? 404 : 0;
    assertTrue(opens(recovery.setUp(), SecretName.MASTER));
  }

  @Test
  void whereNoDeviceSleepsNoneIsLeft() {
    String key = recovery.setUp();
    assertNull(account.sleeping);
    assertFalse(opens(key, SecretName.DEHYDRATED_DEVICE));
  }

  @Test
  void keyOfABackupThatIsNotMadeGoesIntoNoStorage() {
    String former = recovery.setUp();
    ObjectNode usual = stored(new SecretName(SecretStorage.DEFAULT_KEY));
    ObjectNode kept = stored(SecretName.BACKUP);
    // Another device has made one, whose key is not here.
    ObjectNode others = othersBackup();
    account.backup = others;
    account.broken = request -> request.equals("POST /_matrix/client/v3/room_keys/version");
    assertThrows(MatrixRequestException.class, recovery::setUp);
    assertEquals(usual, stored(new SecretName(SecretStorage.DEFAULT_KEY)));
    assertEquals(kept, stored(SecretName.BACKUP));
    assertTrue(opens(former, SecretName.MASTER));
    account.broken = _ -> false;
    pump.flush();
    assertEquals(others, account.backup, "what has failed is not done later, unasked");
    String next = recovery.setUp();
    assertTrue(opens(next, SecretName.BACKUP));
    assertNotEquals(others, account.backup);
    assertTrue(((Active) sandbox.machine.backup().state()).readable());
  }

  private static ObjectNode othersBackup() {
    try (BackupDecryption made = BackupDecryption.create()) {
      ObjectNode backup =
          Json.object()
              .put("algorithm", "m.megolm_backup.v1.curve25519-aes-sha2")
              .put("version", "others");
      backup.putObject("auth_data").put("public_key", made.publicKey().base64());
      return backup;
    }
  }

  private ObjectNode stored(SecretName name) {
    return Objects.requireNonNull(account.data.get(name.value()));
  }

  private boolean opens(String recoveryKey, SecretName name) {
    try (SecretStorage storage = secrets.open(recoveryKey)) {
      Optional<SecretText> secret = secrets.get(storage, name);
      secret.ifPresent(SecretText::close);
      return secret.isPresent();
    }
  }
}
