package dev.sotto.spec.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// Kills the server again and again while it is at work, and asks it afterwards for everything that
/// it had acknowledged.
class CrashTest {
  private static final int KILLS = Integer.getInteger("crash.kills", 30);
  private static final int MOST_BETWEEN_KILLS = 120;

  /// The same seed kills after the same numbers of answers; the moments differ all the same.
  private static final long SEED = 4711;

  private final AtomicLong answers = new AtomicLong();
  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private volatile boolean done;

  @Test
  void whatWasAcknowledgedSurvivesKills() throws Exception {
    Random random = new Random(SEED);
    try (Server server = Server.start(Map.of())) {
      List<Deed> deeds = deeds(server);
      Phaser gate = new Phaser(1);
      List<Thread> threads = deeds.stream().map(deed -> start(deed, gate)).toList();
      for (int kill = 0; kill < KILLS; kill++) {
        long target = answers.get() + 1 + random.nextInt(MOST_BETWEEN_KILLS);
        Awaitility.await().until(() -> answers.get() >= target || !failures.isEmpty());
        server.kill();
        server.startAgain();
        gate.arrive();
      }
      done = true;
      gate.forceTermination();
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(List.of(), List.copyOf(failures));
      server.kill();
      server.startAgain();
      deeds.forEach(Deed::verify);
    }
  }

  /// Works until the test is done. What fails while the server is dead is asked for again when it
  /// is back; what fails while it lives is a failure of the test.
  private Thread start(Deed deed, Phaser gate) {
    return Thread.ofVirtual()
        .start(
            () -> {
              while (!done) {
                int phase = gate.getPhase();
                try {
                  deed.next();
                  answers.incrementAndGet();
                } catch (Exception | AssertionError e) {
                  if (e instanceof AssertionError) {
                    failures.add(e);
                    return;
                  }
                  // The connection broke, so the server was or is being killed: wait for the next
                  // one, unless it has come meanwhile.
                  gate.awaitAdvance(phase);
                }
              }
            });
  }

  private static List<Deed> deeds(Server server) {
    User owner = server.register("owner");
    String room = owner.createRoom("{\"preset\": \"public_chat\"}");
    List<Deed> deeds = new ArrayList<>();
    for (int n = 0; n < 4; n++) {
      User sender = server.register("sender");
      sender.join(room);
      deeds.add(new Sends(sender, room));
    }
    deeds.add(new AccountData(server.register("counter")));
    deeds.add(new DeviceMessages(server.register("from"), server.register("to")));
    deeds.add(new Claims(server.register("claimer"), server.register("keys")));
    List<String> rooms = new ArrayList<>();
    for (int n = 0; n < 10; n++) {
      rooms.add(owner.createRoom("{\"preset\": \"public_chat\"}"));
    }
    deeds.add(new Joins(server.register("joiner"), rooms));
    return deeds;
  }
}
