package dev.sotto.homeserver.typing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.homeserver.journal.Topics;
import dev.sotto.homeserver.journal.Watch;
import dev.sotto.homeserver.journal.Watchers;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TypingTest {
  private static final UserId ALICE = new UserId("@alice:example.org");
  private static final UserId BOB = new UserId("@bob:example.org");
  private static final RoomId ROOM = new RoomId("!1:example.org");
  private static final Set<Long> ROOMS = Set.of(1L, 2L);

  private final AtomicLong now = new AtomicLong(1_000_000);
  private final Watchers watchers = new Watchers();
  private final Typing typing =
      new Typing(
          (room, _) -> Long.parseLong(room.value().substring(1, 2)),
          watchers,
          () -> Instant.ofEpochMilli(now.get()));

  @AfterEach
  void close() {
    typing.close();
  }

  private void start(UserId user) {
    typing.start(user, ROOM, Duration.ofSeconds(20));
  }

  @Test
  void othersHearWhoStartsAndStops() {
    long before = typing.serial();
    try (Watch watch = watchers.watch(Topics.room(1))) {
      start(ALICE);
      assertTrue(watch.await(Duration.ZERO));
    }
    start(BOB);
    assertEquals(Map.of(1L, List.of(ALICE, BOB)), typing.changedSince(before, ROOMS));
    long after = typing.serial();
    assertEquals(Map.of(), typing.changedSince(after, ROOMS));
    typing.stop(ALICE, ROOM);
    typing.stop(BOB, ROOM);
    assertEquals(Map.of(1L, List.of()), typing.changedSince(after, ROOMS));
    assertEquals(Map.of(), typing.changedSince(after, Set.of(2L)));
  }

  @Test
  void repeatingOneselfIsNoNewsButPutsTheEndOff() {
    start(ALICE);
    long serial = typing.serial();
    now.addAndGet(15_000);
    start(ALICE);
    assertEquals(serial, typing.serial());
    now.addAndGet(15_000);
    assertTrue(typing.sweep());
    assertEquals(List.of(ALICE), typing.typing(1));
  }

  @Test
  void theEndComesWithoutAnybodyAsking() {
    start(ALICE);
    long serial = typing.serial();
    try (Watch watch = watchers.watch(Topics.room(1))) {
      now.addAndGet(20_000);
      assertTrue(watch.await(Duration.ofSeconds(20)));
    }
    assertEquals(Map.of(1L, List.of()), typing.changedSince(serial, ROOMS));
    assertFalse(typing.sweep());
  }

  @Test
  void noTimeoutIsEndless() {
    typing.start(ALICE, ROOM, Duration.ofDays(400));
    typing.start(BOB, ROOM, null);
    now.addAndGet(Typing.DEFAULT_TIMEOUT.toMillis());
    typing.sweep();
    assertEquals(List.of(ALICE), typing.typing(1));
    now.addAndGet(Typing.MAX_TIMEOUT.toMillis());
    typing.sweep();
    assertEquals(List.of(), typing.typing(1));
  }

  @Test
  void aTokenOfAnEarlierRunClearsEveryRoom() {
    start(ALICE);
    assertEquals(Map.of(1L, List.of(ALICE), 2L, List.of()), typing.changedSince(999_999, ROOMS));
  }
}
