package dev.sotto.homeserver.rooms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.homeserver.journal.Pending;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The order of a room's events, whoever sends them and whatever fails.
class EventOrderTest {
  private static final UserId ALICE = RoomWorld.user("alice");
  private static final UserId BOB = RoomWorld.user("bob");
  private static final UserId CAROL = RoomWorld.user("carol");

  private RoomWorld world = new RoomWorld();

  @AfterEach
  void close() {
    world.close();
  }

  private static final class Refused extends RuntimeException {
    Refused() {
      super("refused", null, false, false);
    }
  }

  private static void refuse(Transaction transaction) {
    throw new Refused();
  }

  private static void breakTheDatabase(Transaction transaction) {
    transaction.handle().execute("INSERT INTO there_is_no_such_table VALUES (1)");
  }

  /// A thread at work on something that it will wait for.
  private record Running<T>(Thread thread, FutureTask<T> task) {
    static <T> Running<T> start(Callable<T> work) {
      FutureTask<T> task = new FutureTask<>(work);
      return new Running<>(Thread.ofPlatform().start(task), task);
    }

    void awaitWaiting() {
      while (thread.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
    }
  }

  /// Starts all in this order while the journal is busy, so that each is built upon the one before
  /// it and all are in one batch; returns them when each is done.
  private List<Running<EventId>> inOneBatch(List<Callable<EventId>> sends) throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Pending<Boolean> work =
        world.journal.submit(
            _ -> {
              busy.countDown();
              awaitQuietly(release);
              return true;
            },
            null);
    busy.await();
    List<Running<EventId>> started = new ArrayList<>();
    for (Callable<EventId> send : sends) {
      Running<EventId> running = Running.start(send);
      running.awaitWaiting();
      started.add(running);
    }
    release.countDown();
    work.await();
    for (Running<EventId> one : started) {
      one.thread.join();
    }
    return started;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Each event names the one before it, one step deeper, and none is there twice; what is in
  /// memory ends where the database does.
  private List<EventId> assertOneChain(Room room) {
    List<StoredEvent> written = world.written(room);
    List<EventId> ids = written.stream().map(StoredEvent::id).toList();
    assertEquals(ids.size(), new HashSet<>(ids).size(), "an event is there twice");
    assertEquals(List.of(), written.getFirst().event().prevEvents());
    for (int i = 1; i < written.size(); i++) {
      StoredEvent event = written.get(i);
      assertEquals(List.of(ids.get(i - 1)), event.event().prevEvents(), event::toString);
      assertEquals(written.get(i - 1).event().depth() + 1, event.event().depth(), event::toString);
      assertTrue(written.get(i - 1).position() < event.position());
    }
    assertEquals(ids.getLast(), room.snapshot().recent().getLast().id());
    return ids;
  }

  private static @Nullable Throwable failure(Running<EventId> running) {
    return assertThrows(ExecutionException.class, running.task::get).getCause();
  }

  @Test
  void manySendersMakeOneChain() throws Exception {
    Room room = world.room(ALICE, BOB, CAROL);
    int before = world.written(room).size();
    Map<EventId, UserId> answered = new ConcurrentHashMap<>();
    List<Running<Boolean>> senders = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      UserId sender = List.of(ALICE, BOB, CAROL).get(i % 3);
      int mine = i;
      senders.add(
          Running.start(
              () -> {
                for (int n = 0; n < 25; n++) {
                  answered.put(world.say(room, sender, mine + "/" + n), sender);
                }
                return true;
              }));
    }
    for (Running<Boolean> sender : senders) {
      assertTrue(sender.task.get());
    }
    List<EventId> ids = assertOneChain(room);
    assertEquals(24 * 25, answered.size());
    assertEquals(answered.keySet(), new HashSet<>(ids.subList(before, ids.size())));
  }

  @Test
  void whoeverSendsAfterAnAnswerComesAfterIt() throws Exception {
    Room room = world.room(ALICE, BOB);
    List<Running<List<EventId>>> senders = new ArrayList<>();
    for (UserId sender : List.of(ALICE, BOB)) {
      senders.add(
          Running.start(
              () -> {
                List<EventId> mine = new ArrayList<>();
                for (int n = 0; n < 50; n++) {
                  mine.add(world.say(room, sender, "" + n));
                }
                return mine;
              }));
    }
    List<List<EventId>> answered = new ArrayList<>();
    for (Running<List<EventId>> sender : senders) {
      answered.add(sender.task.get());
    }
    List<EventId> ids = assertOneChain(room);
    for (List<EventId> mine : answered) {
      assertEquals(mine, ids.stream().filter(mine::contains).toList());
    }
  }

  @Test
  void chainedUponAFailureIsBuiltAnew() throws Exception {
    for (Consumer<Transaction> fault :
        List.<Consumer<Transaction>>of(EventOrderTest::refuse, EventOrderTest::breakTheDatabase)) {
      Room room = world.room(ALICE, BOB);
      int before = world.written(room).size();
      List<Running<EventId>> sent =
          inOneBatch(
              List.of(
                  () -> world.say(room, ALICE, "first"),
                  () -> world.sayWith(room, BOB, "never", fault).id(),
                  () -> world.say(room, ALICE, "chained"),
                  () -> world.sayWith(room, BOB, "never either", fault).id(),
                  () -> world.say(room, BOB, "chained to both")));
      failure(sent.get(1));
      failure(sent.get(3));
      EventId later = world.say(room, ALICE, "later");
      List<EventId> ids = assertOneChain(room);
      assertEquals(before + 4, ids.size());
      assertEquals(sent.getFirst().task.get(), ids.get(before));
      assertEquals(
          new HashSet<>(List.of(sent.get(2).task.get(), sent.get(4).task.get())),
          new HashSet<>(ids.subList(before + 1, before + 3)));
      assertEquals(later, ids.getLast());
    }
  }

  @Test
  void stateOfAFailedChangeIsForgotten() throws Exception {
    Room room = world.room(ALICE, BOB);
    StateKey mood = new StateKey("org.example.mood", "");
    EventId calm = world.set(room, ALICE, mood, "calm");
    long place = RoomWorld.current(room, mood).position();
    List<Running<EventId>> sent =
        inOneBatch(
            List.of(
                () -> world.setWith(room, ALICE, mood, "never", EventOrderTest::refuse).id(),
                () -> world.say(room, BOB, "chained")));
    assertInstanceOf(Refused.class, failure(sent.getFirst()));
    assertEquals(calm, RoomWorld.current(room, mood).id());
    world.set(room, ALICE, mood, "merry");
    assertEquals(place, RoomWorld.current(room, mood).replaces());
    assertOneChain(room);
  }

  @Test
  void failuresUnderLoadLeaveOneChain() throws Exception {
    Room room = world.room(ALICE, BOB);
    int before = world.written(room).size();
    Queue<EventId> answered = new ConcurrentLinkedQueue<>();
    List<Running<Boolean>> senders = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      boolean faulty = i % 4 == 3;
      int mine = i;
      senders.add(
          Running.start(
              () -> {
                for (int n = 0; n < 20; n++) {
                  String text = mine + "/" + n;
                  if (!faulty) {
                    answered.add(world.say(room, ALICE, text));
                  } else if (n % 2 == 0) {
                    answered.add(world.sayWith(room, BOB, text, _ -> {}).id());
                  } else {
                    refusedWith(room, text);
                  }
                }
                return true;
              }));
    }
    for (Running<Boolean> sender : senders) {
      assertTrue(sender.task.get());
    }
    List<EventId> ids = assertOneChain(room);
    assertEquals(9 * 20 + 3 * 10, answered.size());
    assertEquals(new HashSet<>(answered), new HashSet<>(ids.subList(before, ids.size())));
  }

  private void refusedWith(Room room, String text) {
    try {
      world.sayWith(room, BOB, text, EventOrderTest::refuse);
    } catch (Refused _) {
      return;
    }
    throw new AssertionError("it was written");
  }

  @Test
  void aRepeatedSendIsOneEvent() throws Exception {
    Room room = world.room(ALICE);
    int before = world.written(room).size();
    List<Running<EventId>> sends = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      sends.add(Running.start(() -> world.sayOnce(room, ALICE, "once", "t1")));
    }
    HashSet<EventId> ids = new HashSet<>();
    for (Running<EventId> send : sends) {
      ids.add(send.task.get());
    }
    assertEquals(1, ids.size());
    assertEquals(before + 1, world.written(room).size());
    world = world.restarted();
    Room again = world.find(room);
    assertTrue(ids.contains(world.sayOnce(again, ALICE, "once", "t1")));
    assertEquals(before + 1, world.written(again).size());
  }

  @Test
  void afterARestartTheChainGoesOn() {
    Room room = world.room(ALICE, BOB);
    EventId last = world.say(room, ALICE, "before");
    world = world.restarted();
    Room again = world.find(room);
    assertEquals(last, again.snapshot().recent().getLast().id());
    world.say(again, BOB, "after");
    assertOneChain(again);
  }
}
