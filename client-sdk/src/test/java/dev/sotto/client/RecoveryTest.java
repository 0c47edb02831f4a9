package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.encryption.backup.BackupState.Active;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.protocol.id.DeviceId;
import java.security.SecureRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

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
  private final Dehydration dehydration =
      new Dehydration(sandbox.machine.dehydration(), sandbox.calls, sandbox.pace, () -> {});
  private final Recovery recovery =
      new Recovery(
          sandbox.machine,
          pump,
          sandbox.calls,
          new AccountData(sandbox.calls, Sandbox.BOT),
          sandbox.handlers,
          new Security(
              sandbox.machine, pump, sandbox.handlers, Sandbox.BOT, new DeviceId("DEVICE")),
          dehydration,
          random,
          Sandbox.BOT,
          () -> {});

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
}
