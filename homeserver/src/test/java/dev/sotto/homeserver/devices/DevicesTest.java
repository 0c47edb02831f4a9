package dev.sotto.homeserver.devices;

import static dev.sotto.homeserver.logins.AccountWorld.ALICE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.homeserver.devices.Device.Sighting;
import dev.sotto.homeserver.journal.Pending;
import dev.sotto.homeserver.logins.AccountWorld;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DevicesTest {
  private static final DeviceId PHONE = new DeviceId("PHONE");
  private static final DeviceId LAPTOP = new DeviceId("LAPTOP");

  private final AccountWorld world = new AccountWorld();
  private final Devices devices = world.devices;
  private long alice;

  @BeforeEach
  void makeAlice() {
    world.register(ALICE);
    world.login(ALICE, "PHONE", false);
    alice = world.users.number(ALICE);
  }

  @AfterEach
  void close() {
    world.close();
  }

  private @Nullable Sighting lastSeen() {
    // Sightings are not waited for; whatever is written after them is.
    world.journal.change(transaction -> transaction.handle());
    return devices.find(alice, PHONE).orElseThrow().lastSeen();
  }

  @Test
  void aSightingIsShownBeforeItIsWritten() {
    CountDownLatch shown = new CountDownLatch(1);
    Pending<Boolean> busy =
        world.journal.submit(
            _ -> {
              awaitQuietly(shown);
              return true;
            },
            null);
    devices.seen(alice, PHONE, "10.0.0.1");
    Sighting found = devices.find(alice, PHONE).orElseThrow().lastSeen();
    Sighting listed = devices.list(alice).getFirst().lastSeen();
    shown.countDown();
    busy.await();
    assertNotNull(found);
    assertEquals("10.0.0.1", found.address());
    assertEquals(found, listed);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void deviceOfAnIdIsMadeOnceAndKeepsItsName() {
    DeviceId made =
        world.journal.write(transaction -> devices.ensure(transaction, alice, LAPTOP, "laptop"));
    world.journal.write(transaction -> devices.ensure(transaction, alice, LAPTOP, "other"));
    assertEquals(LAPTOP, made);
    assertEquals(
        List.of(new Device(LAPTOP, "laptop", null), new Device(PHONE, null, null)),
        devices.list(alice));
  }

  @Test
  void deviceWithoutIdGetsOne() {
    DeviceId one =
        world.journal.write(transaction -> devices.ensure(transaction, alice, null, null));
    DeviceId two =
        world.journal.write(transaction -> devices.ensure(transaction, alice, null, null));
    assertTrue(one.value().matches("[A-Z]{10}"));
    assertFalse(one.equals(two));
  }

  @Test
  void sightingsAreWrittenEveryFewMinutes() {
    assertNull(lastSeen());
    Instant first = world.instant();
    devices.seen(alice, PHONE, "10.0.0.1");
    assertEquals(new Sighting(first, "10.0.0.1"), lastSeen());
    world.pass(Duration.ofMinutes(4));
    devices.seen(alice, PHONE, "10.0.0.2");
    assertEquals(new Sighting(first, "10.0.0.1"), lastSeen());
    world.pass(Duration.ofMinutes(2));
    devices.seen(alice, PHONE, "10.0.0.2");
    assertEquals(new Sighting(world.instant(), "10.0.0.2"), lastSeen());
  }

  @Test
  void longAddressIsCut() {
    devices.seen(alice, PHONE, "x".repeat(500));
    Sighting seen = lastSeen();
    assertNotNull(seen);
    assertEquals(64, seen.address().length());
  }

  @Test
  void renamingIsHeardOf() {
    world.deviceChanges.rename(alice, PHONE, "my phone");
    world.deviceChanges.rename(alice, PHONE, null);
    assertEquals("my phone", devices.find(alice, PHONE).orElseThrow().displayName());
    assertEquals(List.of("renamed PHONE"), world.deviceNews);
  }

  @Test
  void unknownDeviceCannotBeRenamed() {
    for (String name : new String[] {"name", null}) {
      MatrixException e =
          assertThrows(
              MatrixException.class, () -> world.deviceChanges.rename(alice, LAPTOP, name));
      assertEquals(ErrorCode.M_NOT_FOUND, e.code());
    }
  }

  @Test
  void longNameIsRefused() {
    MatrixException e =
        assertThrows(
            MatrixException.class, () -> world.deviceChanges.rename(alice, PHONE, "x".repeat(101)));
    assertEquals(ErrorCode.M_TOO_LARGE, e.code());
    assertEquals(400, e.status());
  }

  @Test
  void removalIsHeardOfOnce() {
    world.deviceChanges.remove(alice, List.of(PHONE, LAPTOP));
    world.deviceChanges.remove(alice, List.of(PHONE));
    assertEquals(List.of(), devices.list(alice));
    assertEquals(List.of("removed PHONE"), world.deviceNews);
  }

  @Test
  void newPasswordEndsOtherSessionsButNotTheCallers() {
    world.login(ALICE, "LAPTOP", false);
    world.logins.changePassword(ALICE, "another password", true, LAPTOP);
    assertEquals(List.of("removed PHONE"), world.deviceNews);
    assertTrue(world.accounts.prove(ALICE, "another password").isPresent());
    assertFalse(world.accounts.prove(ALICE, AccountWorld.PASSWORD).isPresent());
  }

  @Test
  void aUserHasAThousandDevicesAtMost() {
    world.journal.change(
        transaction -> {
          for (int i = 1; i < 1000; i++) {
            devices.ensure(transaction, alice, new DeviceId("D" + i), null);
          }
        });
    MatrixException refused =
        assertThrows(
            MatrixException.class,
            () ->
                world.journal.write(transaction -> devices.ensure(transaction, alice, null, null)));
    assertEquals(ErrorCode.M_RESOURCE_LIMIT_EXCEEDED, refused.code());
    world.journal.write(transaction -> devices.ensure(transaction, alice, PHONE, null));
  }
}
