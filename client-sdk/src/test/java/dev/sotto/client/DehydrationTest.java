package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.Dehydration.Sleeper;
import dev.sotto.client.encryption.DehydrationDesk;
import dev.sotto.client.encryption.backup.DehydrationException;
import dev.sotto.client.engine.PickleKey;
import java.security.SecureRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DehydrationTest {
  private static final String OF_ANOTHER_KEY =
      """
      {"device_id": "SLEEPER", "device_data": {"algorithm": "org.matrix.msc3814.v2",
        "device_pickle": "%s", "nonce": "AAAAAAAAAAAAAAAA"}}
      """
          .formatted("A".repeat(200));

  private final Sandbox sandbox = new Sandbox();
  private final SecureRandom random = new SecureRandom();
  private final PickleKey key = PickleKey.generate(random);
  private final DehydrationDesk desk = sandbox.machine.dehydration();
  private final Dehydration dehydration =
      new Dehydration(
          desk,
          sandbox.calls,
          new StoredSecrets(new AccountData(sandbox.calls, Sandbox.BOT), random),
          sandbox.handlers,
          random,
          sandbox.pace,
          () -> {});

  @AfterEach
  void close() {
    key.close();
    sandbox.close();
  }

  @Test
  void serverMayNotHaveSuchDevices() throws DehydrationException {
    sandbox.server.answer(404, "{\"errcode\":\"M_UNRECOGNIZED\"}");
    assertEquals(Sleeper.UNSUPPORTED, dehydration.wake(key));
    sandbox.server.answer(404, "Not found");
    assertEquals(Sleeper.UNSUPPORTED, dehydration.wake(key));
    sandbox.server.answer(404, "{\"errcode\":\"M_UNRECOGNIZED\"}");
    dehydration.remove();
  }

  @Test
  void serverMayHaveNoDevice() throws DehydrationException {
    sandbox.server.answer(404, "{\"errcode\":\"M_NOT_FOUND\"}");
    assertEquals(Sleeper.NONE, dehydration.wake(key));
    sandbox.server.answer(404, "{\"errcode\":\"M_NOT_FOUND\"}");
    dehydration.remove();
  }

  @Test
  void deviceOfAnotherKeyIsNotWoken() {
    sandbox.server.answer(200, OF_ANOTHER_KEY);
    assertThrows(DehydrationException.class, () -> dehydration.wake(key));
    assertEquals(1, sandbox.server.seen().size());
  }

  @Test
  void deviceOfAnotherKeyIsNotReplacedAndTheFormerKeyForgotten() {
    desk.keep(key);
    sandbox.server.answer(200, OF_ANOTHER_KEY);
    assertThrows(IllegalStateException.class, dehydration::renew);
    assertEquals(1, sandbox.server.seen().size());
    assertTrue(desk.key().isEmpty());
    assertFalse(dehydration.isDue());
  }

  @Test
  void deviceThatWasRemovedDoesNotComeBack() {
    desk.keep(key);
    desk.made();
    sandbox.server.answer(404, "{\"errcode\":\"M_NOT_FOUND\"}");
    dehydration.renew();
    assertEquals(1, sandbox.server.seen().size());
    assertTrue(desk.key().isEmpty());
  }

  @Test
  void deviceThatWasNeverLeftIsLeftYet() {
    desk.keep(key);
    sandbox.server.answer(404, "{\"errcode\":\"M_NOT_FOUND\"}");
    // It comes as far as its signature: the identity is not here.
    assertThrows(IllegalStateException.class, dehydration::renew);
    assertTrue(desk.isDue());
  }

  @Test
  void deviceIsReplacedByWhoHasTheKeyAndNotTriedAllTheTime() {
    assertFalse(dehydration.isDue());
    desk.keep(key);
    assertTrue(dehydration.isDue());
    assertFalse(dehydration.isDue());
  }
}
