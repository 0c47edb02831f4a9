package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.Inbox.Item;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class DeliveriesTest {
  private static final RoomId ONE = new RoomId("!one:example.org");
  private static final RoomId OTHER = new RoomId("!other:example.org");
  private static final Duration LONG = Duration.ofSeconds(30);

  private static Item item(RoomId room, long number) {
    return new Item(number, room, Inbox.Kind.EVENT, Json.object());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void itemsOfARoomComeInOrder() {
    List<Long> heard = new CopyOnWriteArrayList<>();
    AtomicInteger idle = new AtomicInteger();
    Deliveries deliveries =
        new Deliveries(item -> heard.add(item.number()), idle::incrementAndGet, LONG);
    for (int i = 0; i < 1000; i++) {
      assertTrue(deliveries.add(item(ONE, i)));
    }
    assertTrue(deliveries.awaitNothing(LONG));
    assertEquals(1000, heard.size());
    assertEquals(heard.stream().sorted().toList(), heard);
    assertTrue(idle.get() >= 1);
  }

  @Test
  void roomThatStaysFullIsNotWaitedForAgain() throws InterruptedException {
    Semaphore begun = new Semaphore(0);
    Semaphore handled = new Semaphore(0);
    Deliveries deliveries =
        new Deliveries(
            _ -> {
              begun.release();
              handled.acquireUninterruptibly();
            },
            () -> {},
            Duration.ofMillis(1));
    for (int i = 0; i <= Deliveries.QUEUE_LENGTH; i++) {
      deliveries.takeUp(item(ONE, i));
    }
    begun.acquire();
    assertFalse(deliveries.add(item(ONE, 1000)));
    handled.release();
    begun.acquire();
    assertTrue(deliveries.add(item(ONE, 1001)), "there is a place");
    assertFalse(addsInterrupted(deliveries), "it did not wait");

    int half = Deliveries.QUEUE_LENGTH / 2;
    handled.release(half);
    begun.acquire(half);
    for (int i = 0; i < half; i++) {
      assertTrue(deliveries.add(item(ONE, 2000 + i)));
    }
    assertTrue(addsInterrupted(deliveries), "it waited until it was interrupted");
    handled.release(3 * Deliveries.QUEUE_LENGTH);
    assertTrue(deliveries.awaitNothing(LONG));
  }

  private static boolean addsInterrupted(Deliveries deliveries) {
    Thread.currentThread().interrupt();
    boolean added = deliveries.add(item(ONE, 3000));
    assertTrue(Thread.interrupted());
    return added;
  }

  /// Those with more waiting for a room than its queue holds, of which nothing is heard before the
  /// latch opens.
  private static Deliveries full(CountDownLatch stuck, List<Long> heard) {
    Deliveries deliveries =
        new Deliveries(
            item -> {
              await(stuck);
              heard.add(item.number());
            },
            () -> {},
            LONG);
    for (int i = 0; i < Deliveries.QUEUE_LENGTH; i++) {
      deliveries.takeUp(item(ONE, i));
    }
    deliveries.takeUp(item(ONE, 1000));
    return deliveries;
  }

  @Test
  void whoIsInterruptedWhileWaitingForAPlaceLosesNothing() {
    CountDownLatch stuck = new CountDownLatch(1);
    List<Long> heard = new CopyOnWriteArrayList<>();
    Deliveries deliveries = full(stuck, heard);
    Thread.currentThread().interrupt();
    assertTrue(deliveries.add(item(ONE, 1001)));
    assertTrue(Thread.interrupted());
    stuck.countDown();
    assertTrue(deliveries.awaitNothing(LONG));
    assertEquals(1001L, heard.getLast());
  }

  @Test
  void whatBreaksOffDoesNotStopItsRoom() {
    List<Long> heard = new CopyOnWriteArrayList<>();
    Deliveries deliveries =
        new Deliveries(
            item -> {
              if (item.number() == 1) {
                throw new StackOverflowError("as a test");
              }
              heard.add(item.number());
            },
            () -> {},
            LONG);
    deliveries.takeUp(item(ONE, 1));
    deliveries.takeUp(item(ONE, 2));
    assertTrue(deliveries.awaitNothing(LONG));
    assertEquals(List.of(2L), heard);
  }

  @Test
  void slowRoomDoesNotHoldUpTheOthers() {
    CountDownLatch slow = new CountDownLatch(1);
    CountDownLatch heard = new CountDownLatch(1);
    Deliveries deliveries =
        new Deliveries(
            item -> {
              if (item.room().equals(ONE)) {
                await(slow);
              } else {
                heard.countDown();
              }
            },
            () -> {},
            LONG);
    deliveries.add(item(ONE, 1));
    deliveries.add(item(OTHER, 2));
    await(heard);
    slow.countDown();
    assertTrue(deliveries.awaitNothing(LONG));
  }

  @Test
  void whatWasTakenUpBeforeFindsAPlaceInAFullQueueAtOnce() {
    CountDownLatch stuck = new CountDownLatch(1);
    List<Long> heard = new CopyOnWriteArrayList<>();
    Deliveries deliveries = full(stuck, heard);
    deliveries.takeUp(item(ONE, 1001));
    stuck.countDown();
    assertTrue(deliveries.awaitNothing(LONG));
    assertEquals(Deliveries.QUEUE_LENGTH + 2, heard.size());
    assertEquals(List.of(1000L, 1001L), heard.subList(heard.size() - 2, heard.size()));
  }

  @Test
  void fullQueueIsWaitedForOnceAndThenLeftAlone() {
    CountDownLatch stuck = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    Deliveries deliveries =
        new Deliveries(
            _ -> {
              begun.countDown();
              await(stuck);
            },
            () -> {},
            Duration.ofMillis(10));
    deliveries.add(item(ONE, 0));
    await(begun);
    for (int i = 0; i < Deliveries.QUEUE_LENGTH; i++) {
      assertTrue(deliveries.add(item(ONE, i)));
    }
    assertFalse(deliveries.add(item(ONE, 1000)));
    assertFalse(deliveries.add(item(ONE, 1001)));
    assertTrue(deliveries.add(item(OTHER, 1)));
    stuck.countDown();
    assertTrue(deliveries.awaitNothing(LONG));
    assertTrue(deliveries.add(item(ONE, 1002)));
  }

  @Test
  void handlerMayAddToItsOwnFullQueue() {
    AtomicReference<Deliveries> self = new AtomicReference<>();
    AtomicInteger heard = new AtomicInteger();
    CountDownLatch full = new CountDownLatch(1);
    Deliveries deliveries =
        new Deliveries(
            item -> {
              await(full);
              if (item.number() == 0) {
                Objects.requireNonNull(self.get()).add(item(ONE, 5000));
              }
              heard.incrementAndGet();
            },
            () -> {},
            LONG);
    self.set(deliveries);
    for (int i = 0; i < Deliveries.QUEUE_LENGTH; i++) {
      deliveries.add(item(ONE, i));
    }
    full.countDown();
    assertTrue(deliveries.awaitNothing(LONG));
    assertEquals(Deliveries.QUEUE_LENGTH + 1, heard.get());
  }

  @Test
  void closingWaitsForWhatIsUnderWayAndBeginsNothing() {
    List<Long> heard = new CopyOnWriteArrayList<>();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    Deliveries deliveries =
        new Deliveries(
            item -> {
              begun.countDown();
              await(never);
              heard.add(item.number());
            },
            () -> {},
            LONG);
    deliveries.add(item(ONE, 1));
    deliveries.add(item(ONE, 2));
    await(begun);
    deliveries.close(Duration.ofMillis(10));
    assertEquals(List.of(1L), heard);
    assertTrue(deliveries.add(item(ONE, 3)));
    assertEquals(List.of(1L), heard);
  }
}
