package dev.sotto.homeserver.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.homeserver.rooms.Room;
import dev.sotto.homeserver.rooms.StoredEvent;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.UserId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Users send, come and go at random; whoever syncs, however seldom and with however small limits,
/// ends up with what the server has.
class SyncSimulationTest {
  private static final int USERS = 5;
  private static final int STEPS = 400;
  private static final List<String> VISIBILITIES = List.of("shared", "invited", "joined");

  private final List<UserId> users = new ArrayList<>();
  private final List<Room> rooms = new ArrayList<>();

  private void build(World world) {
    for (int i = 0; i < USERS; i++) {
      users.add(World.user("user" + i));
    }
    for (String visibility : VISIBILITIES) {
      Room room = world.room(users.getFirst());
      if (!visibility.equals("shared")) {
        world.set(
            room, users.getFirst(), StateKey.HISTORY_VISIBILITY, "history_visibility", visibility);
      }
      rooms.add(room);
    }
  }

  private void act(World world, Random random) {
    Room room = rooms.get(random.nextInt(rooms.size()));
    UserId user = users.get(random.nextInt(users.size()));
    UserId owner = users.getFirst();
    int turn = random.nextInt(20);
    try {
      switch (turn) {
        case 0, 1 -> world.topic(room, owner, "topic " + random.nextInt());
        case 2 -> world.set(room, owner, StateKey.NAME, "name", "name " + random.nextInt());
        case 3, 4 -> world.join(room, user);
        case 5 -> {
          if (!user.equals(owner)) {
            world.leave(room, user);
          }
        }
        case 6 -> world.members.invite(room, owner, user, null);
        case 7 -> world.members.kick(room, owner, user, null);
        default -> world.say(room, user, "words " + random.nextInt());
      }
    } catch (MatrixException e) {
      // Not everybody may do everything; what is refused changes nothing.
      assertTrue(e.status() < 500);
    }
  }

  private Client client(World world, UserId user, Random random, String device) {
    Client client = new Client(world, user, device);
    client.form = random.nextBoolean() ? SyncRequest.StateForm.BEFORE : SyncRequest.StateForm.AFTER;
    client.filter = "{\"room\":{\"timeline\":{\"limit\":" + (1 + random.nextInt(12)) + "}}}";
    return client;
  }

  private void check(World world, Client client) {
    for (Room room : rooms) {
      if (room.state().isJoined(client.user)) {
        Client.RoomView view = client.view(room);
        assertEquals("join", view.section);
        assertEquals(SyncTest.state(room), view.state);
        assertEquals(tail(world, room, client.user, view.timeline.size()), view.timeline);
      } else if (!client.view(room).section.isEmpty()) {
        assertEquals(room.state().membership(client.user).wireName(), client.view(room).section);
      }
    }
  }

  /// The last events of a room that a user may see.
  private static List<String> tail(World world, Room room, UserId user, int count) {
    List<String> visible = new ArrayList<>();
    var sees = world.rooms.visibility().of(room, user);
    for (StoredEvent event :
        world.rooms.timeline().newest(room, 0, world.journal.head(), 10_000).reversed()) {
      if (sees.test(event)) {
        visible.add(event.id().value());
      }
    }
    return visible.subList(visible.size() - count, visible.size());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whoSyncsNowAndThenHasWhatTheServerHas(long seed) {
    Random random = new Random(seed);
    try (World world = new World()) {
      build(world);
      List<Client> clients = new ArrayList<>();
      users.forEach(user -> clients.add(client(world, user, random, "SOMETIMES")));
      users.forEach(user -> clients.add(client(world, user, random, "OFTEN")));
      for (int step = 0; step < STEPS; step++) {
        act(world, random);
        for (int i = 0; i < clients.size(); i++) {
          if (random.nextInt(i < USERS ? 60 : 4) == 0) {
            clients.get(i).sync();
            check(world, clients.get(i));
          }
        }
      }
    }
  }

  @Test
  void whoWaitsMissesNothing() throws Exception {
    try (World world = new World();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      build(world);
      Random seeds = new Random(42);
      AtomicInteger writing = new AtomicInteger(3);
      List<Future<?>> work = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        Random random = new Random(seeds.nextLong());
        work.add(
            threads.submit(
                () -> {
                  for (int step = 0; step < STEPS; step++) {
                    act(world, random);
                  }
                  writing.decrementAndGet();
                }));
      }
      List<Client> clients = new ArrayList<>();
      for (UserId user : users) {
        Client client = client(world, user, seeds, "WAITS");
        clients.add(client);
        work.add(threads.submit(wait(world, client, writing)));
      }
      for (Future<?> one : work) {
        one.get();
      }
      clients.forEach(client -> check(world, client));
    }
  }

  /// Syncs with long polls until the others are done and nothing more comes.
  private static Callable<Boolean> wait(World world, Client client, AtomicInteger writing) {
    return () -> {
      client.sync();
      boolean done = false;
      while (!done) {
        done = writing.get() == 0;
        client.sync(done ? Duration.ZERO : Duration.ofMillis(200), false);
      }
      return world.journal.head() > 0;
    };
  }

  @Test
  void aLongPollEndsWithTheNewsAndNotWithTheTime() throws Exception {
    try (World world = new World();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      UserId alice = World.user("alice");
      UserId bob = World.user("bob");
      Room room = world.room(alice, bob);
      Client client = new Client(world, bob, "B");
      client.sync();
      for (int i = 0; i < 50; i++) {
        Future<?> answer = threads.submit(() -> client.sync(Duration.ofMinutes(5), false));
        String said = world.say(room, alice, "message " + i).value();
        answer.get();
        assertEquals(said, client.view(room).timeline.getLast());
      }
    }
  }
}
