package dev.sotto.homeserver.presence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Topics;
import dev.sotto.homeserver.journal.Watch;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PresenceTest {
  private static final UserId ALICE = new UserId("@alice:example.org");
  private static final UserId BOB = new UserId("@bob:example.org");
  private static final UserId STRANGER = new UserId("@stranger:example.org");
  private static final DeviceId PHONE = new DeviceId("PHONE");
  private static final DeviceId DESK = new DeviceId("DESK");
  private static final Duration POLL = Duration.ofSeconds(30);

  private final AtomicLong asked = new AtomicLong();
  private final Set<UserId> met = new HashSet<>();
  private final AtomicLong now = new AtomicLong(1_000_000);
  private Database database;
  private Journal journal;
  private Users users;
  private Presence presence;

  @BeforeEach
  void open() {
    database = Database.inMemory(UUID.randomUUID().toString());
    journal = new Journal(database);
    users = new Users(database, journal);
    presence = make(true);
  }

  private Presence make(boolean enabled) {
    SharedRooms rooms =
        new SharedRooms() {
          @Override
          public boolean share(UserId one, UserId other) {
            asked.incrementAndGet();
            return !one.equals(STRANGER) && !other.equals(STRANGER);
          }

          @Override
          public Set<UserId> sharing(UserId user) {
            return user.equals(STRANGER) ? Set.of() : met;
          }

          @Override
          public Collection<Long> joinedRooms(UserId user) {
            return List.of(4L);
          }
        };
    return new Presence(
        enabled, users, rooms, journal.watchers(), () -> Instant.ofEpochMilli(now.get()));
  }

  @AfterEach
  void close() {
    presence.close();
    journal.close();
    database.close();
  }

  private PresenceState state() {
    return presence.get(BOB, ALICE).state();
  }

  private void sync(DeviceId device, PresenceState state) {
    presence.syncing(ALICE, device, state, POLL);
  }

  @Test
  void syncingMakesAUserOnlineAndSilenceOffline() {
    assertEquals(PresenceState.OFFLINE, state());
    long before = presence.serial();
    try (Watch watch = journal.watchers().watch(Topics.room(4))) {
      sync(PHONE, PresenceState.ONLINE);
      assertTrue(watch.await(Duration.ZERO));
    }
    assertEquals(PresenceState.ONLINE, state());
    assertEquals(1, presence.changedSince(before, BOB).size());
    assertEquals(List.of(), presence.changedSince(before, STRANGER));
    long online = presence.serial();
    now.addAndGet(POLL.toMillis());
    sync(PHONE, PresenceState.ONLINE);
    assertEquals(online, presence.serial());
    now.addAndGet(POLL.plus(Presence.GRACE).toMillis());
    presence.sweep();
    assertEquals(PresenceState.OFFLINE, state());
    assertEquals(PresenceState.OFFLINE, presence.changedSince(online, BOB).getFirst().state());
  }

  @Test
  void whoDoesNothingGoesIdleUntilTheyAct() {
    sync(PHONE, PresenceState.ONLINE);
    for (int i = 0; i < 10; i++) {
      now.addAndGet(POLL.toMillis());
      sync(PHONE, PresenceState.ONLINE);
    }
    assertEquals(PresenceState.UNAVAILABLE, state());
    presence.active(ALICE);
    assertEquals(PresenceState.ONLINE, state());
    assertTrue(presence.get(BOB, ALICE).currentlyActive());
    now.addAndGet(Connections.ACTIVE_MILLIS / 2);
    sync(PHONE, PresenceState.ONLINE);
    now.addAndGet(Connections.ACTIVE_MILLIS / 2);
    sync(PHONE, PresenceState.ONLINE);
    assertFalse(presence.get(BOB, ALICE).currentlyActive());
    assertEquals(60_000, presence.get(BOB, ALICE).lastActiveAgoMillis());
  }

  @Test
  void theBestOfAllDevicesCounts() {
    sync(PHONE, PresenceState.UNAVAILABLE);
    assertEquals(PresenceState.UNAVAILABLE, state());
    sync(DESK, PresenceState.ONLINE);
    presence.set(ALICE, PHONE, PresenceState.OFFLINE, null);
    assertEquals(PresenceState.ONLINE, state());
    presence.set(ALICE, DESK, PresenceState.OFFLINE, null);
    assertEquals(PresenceState.OFFLINE, state());
    sync(DESK, PresenceState.OFFLINE);
    assertEquals(PresenceState.OFFLINE, state());
  }

  @Test
  void aStatusMessageIsToldAsTheSpecificationSays() {
    presence.set(ALICE, PHONE, PresenceState.ONLINE, "on a walk");
    now.addAndGet(2_000);
    assertEquals(
        Json.parseObject(
            """
            {"type":"m.presence","sender":"@alice:example.org","content":{"presence":"online",
            "last_active_ago":2000,"status_msg":"on a walk","currently_active":true}}"""),
        Json.parseObject(Json.bytes(presence.changedSince(0, BOB).getFirst().event())));
  }

  @Test
  void strangersMayNotLook() {
    assertThrows(MatrixException.class, () -> presence.get(STRANGER, ALICE));
    assertEquals(PresenceState.OFFLINE, presence.get(STRANGER, STRANGER).state());
  }

  @Test
  void anInitialSyncHearsOfNobodyWhoIsOffline() {
    presence.set(ALICE, PHONE, PresenceState.ONLINE, null);
    presence.set(ALICE, PHONE, PresenceState.OFFLINE, null);
    assertEquals(List.of(), presence.changedSince(0, BOB));
  }

  @Test
  void switchedOffItKeepsNothing() {
    try (Presence off = make(false)) {
      off.syncing(ALICE, PHONE, PresenceState.ONLINE, POLL);
      off.set(ALICE, PHONE, PresenceState.ONLINE, "x");
      assertEquals(UserPresence.unknown(ALICE), off.get(BOB, ALICE));
      assertEquals(List.of(), off.changedSince(0, BOB));
    }
  }

  @Test
  void anOldSerialCostsNoWalkThroughTheRoomsForEachUser() {
    long before = presence.serial();
    for (int i = 0; i < 300; i++) {
      UserId user = new UserId("@u" + i + ":example.org");
      presence.syncing(user, PHONE, PresenceState.ONLINE, POLL);
      if (i < 200) {
        met.add(user);
      }
    }
    for (long since : List.of(0L, before)) {
      assertEquals(
          met,
          presence.changedSince(since, BOB).stream()
              .map(UserPresence::user)
              .collect(Collectors.toSet()));
    }
    assertEquals(0, asked.get());
    assertEquals(List.of(), presence.changedSince(0, STRANGER));
    // Few are asked for one by one.
    presence.changedSince(presence.serial() - 10, BOB);
    assertEquals(10, asked.get());
  }
}
