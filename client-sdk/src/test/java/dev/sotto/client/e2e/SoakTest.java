package dev.sotto.client.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.BuiltServer;
import dev.sotto.client.Invitation;
import dev.sotto.client.MatrixClient;
import dev.sotto.client.NewRoom;
import dev.sotto.client.Room;
import dev.sotto.client.event.Membership;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.client.event.TextMessage;
import dev.sotto.client.event.Undecryptable;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Several bots who talk at once. The long run is `dev.sotto.bench.endurance.BotEndurance`.
class SoakTest {
  private static final int BOTS = 4;
  private static final int MESSAGES = 50;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @TempDir private Path folder;

  /// A bot and what it has heard from all, itself included.
  private static final class Bot implements AutoCloseable {
    final MatrixClient client;
    final Map<EventId, String> texts = new ConcurrentHashMap<>();
    final Map<EventId, String> unreadable = new ConcurrentHashMap<>();

    Bot(MatrixClient client) {
      this.client = client;
      client.on(RoomEvent.class, (_, event) -> heard(event));
      client.onInvitation(Invitation::accept);
      client.start();
    }

    private void heard(RoomEvent event) {
      switch (event) {
        case TextMessage message -> {
          // In this order: who sees all texts finds nothing that is still called unreadable.
          unreadable.remove(message.id());
          texts.put(message.id(), message.text());
        }
        case Undecryptable lost -> unreadable.put(lost.id(), lost.explanation());
        default -> {}
      }
    }

    boolean seesAllIn(RoomId room) {
      Room there = client.room(room);
      return there.membership() == Membership.JOIN && there.members(Membership.JOIN).size() == BOTS;
    }

    @Override
    public void close() {
      client.close();
    }
  }

  @Test
  void noMessageIsLostOrUnreadable() throws Exception {
    try (BuiltServer server = BuiltServer.start(folder, "required")) {
      List<Bot> bots = new ArrayList<>();
      try {
        talk(server, bots);
      } finally {
        bots.forEach(Bot::close);
      }
    }
  }

  private void talk(BuiltServer server, List<Bot> bots) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < BOTS; i++) {
        String name = "bot" + i;
        server.register(name);
        bots.add(
            new Bot(
                MatrixClient.at(server.url())
                    .storeWithKeyFile(folder.resolve(name), folder.resolve(name + ".key"))
                    .login(name, BuiltServer.PASSWORD)));
      }
      Bot first = bots.getFirst();
      first.client.awaitFirstSync();
      UserId[] others = bots.stream().skip(1).map(bot -> bot.client.user()).toArray(UserId[]::new);
      RoomId room = first.client.createRoom(NewRoom.named("soak").invite(others)).id();
      await().atMost(LIMIT).until(() -> bots.stream().allMatch(bot -> bot.seesAllIn(room)));

      List<Future<?>> senders = new ArrayList<>();
      for (Bot bot : bots) {
        senders.add(threads.submit(() -> talk(bot.client.room(room), bot.client.user().value())));
      }
      for (Future<?> sender : senders) {
        sender.get();
      }

      await()
          .atMost(LIMIT)
          .untilAsserted(
              () -> {
                for (Bot bot : bots) {
                  assertEquals(BOTS * MESSAGES, bot.texts.size(), bot.unreadable::toString);
                }
              });
      Set<String> expected = new HashSet<>();
      for (Bot bot : bots) {
        for (int i = 0; i < MESSAGES; i++) {
          expected.add(bot.client.user() + " says " + i);
        }
      }
      for (Bot bot : bots) {
        assertEquals(expected, Set.copyOf(bot.texts.values()));
        assertTrue(bot.unreadable.isEmpty(), bot.unreadable::toString);
      }
    }
  }

  private static void talk(Room room, String name) {
    for (int i = 0; i < MESSAGES; i++) {
      room.send(name + " says " + i);
    }
  }
}
