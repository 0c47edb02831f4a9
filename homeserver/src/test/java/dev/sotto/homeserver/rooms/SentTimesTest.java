package dev.sotto.homeserver.rooms;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Events are found by their times, though no index is over these.
class SentTimesTest {
  private static final UserId ALICE = RoomWorld.user("alice");
  private static final UserId BOB = RoomWorld.user("bob");
  private static final int EVENTS = 5_000;
  private static final long STEP_MILLIS = 10;
  private static final long SEED = 7;

  private final RoomWorld world = new RoomWorld();
  private final Room room = world.room(ALICE, BOB);
  private final Random random = new Random(SEED);
  private final long begin = System.currentTimeMillis() + 60_000;

  @AfterEach
  void close() {
    world.close();
  }

  private Optional<EventId> closest(long time, boolean after) {
    RoomAccess.Reading reading = world.services.access().reading(room.id(), BOB);
    return world.services.sentTimes().closest(reading, time, after).map(StoredEvent::id);
  }

  private void assertFound(List<StoredEvent> all, long time) {
    Comparator<StoredEvent> order =
        Comparator.comparingLong(StoredEvent::sentAt).thenComparingLong(StoredEvent::position);
    assertEquals(
        all.stream().filter(event -> event.sentAt() >= time).min(order).map(StoredEvent::id),
        closest(time, true),
        () -> "after " + time);
    assertEquals(
        all.stream().filter(event -> event.sentAt() <= time).max(order).map(StoredEvent::id),
        closest(time, false),
        () -> "before " + time);
  }

  @Test
  void eventsAreFoundInALongRoomWhoseTimesAreAlmostInOrder() {
    world.sayAt(
        room,
        BOB,
        LongStream.range(0, EVENTS)
            .map(i -> begin + i * STEP_MILLIS + random.nextLong(20 * STEP_MILLIS))
            .boxed()
            .toList());
    List<StoredEvent> all = world.written(room);
    for (int i = 0; i < 200; i++) {
      assertFound(all, begin + random.nextLong(EVENTS * STEP_MILLIS));
    }
    assertFound(all, 0);
    assertFound(all, Long.MAX_VALUE / 2);
    for (StoredEvent event : all.subList(0, 20)) {
      assertFound(all, event.sentAt());
    }
  }

  @Test
  void eventsOfAShortRoomAreFoundInWhateverOrderTheyCame() {
    world.sayAt(
        room,
        BOB,
        LongStream.range(0, 200).map(i -> begin + random.nextLong(1_000)).boxed().toList());
    List<StoredEvent> all = world.written(room);
    for (int i = 0; i < 200; i++) {
      assertFound(all, begin + random.nextLong(1_000));
    }
  }
}
