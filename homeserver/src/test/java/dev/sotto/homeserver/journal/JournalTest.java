package dev.sotto.homeserver.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.homeserver.db.Database;
import dev.sotto.protocol.error.MatrixException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  private static final String INSERT = "INSERT INTO notes (position, text) VALUES (?, ?)";

  private Database database;
  private Journal journal;

  @BeforeEach
  void open() {
    database = Database.inMemory(UUID.randomUUID().toString());
    journal = new Journal(database);
    journal.write(
        tx ->
            tx.handle()
                .execute("CREATE TABLE notes (position BIGINT PRIMARY KEY, text VARCHAR(99))"));
  }

  @AfterEach
  void close() {
    journal.close();
    database.close();
  }

  private long note(Transaction tx, String text, long... topics) {
    long position = tx.append(Stream.EVENTS, topics);
    tx.batch(
        INSERT,
        row -> {
          row.setLong(1, position);
          row.setString(2, text);
        });
    return position;
  }

  private List<Long> stored() {
    return database.read(
        handle ->
            handle
                .createQuery("SELECT position FROM notes ORDER BY position")
                .mapTo(Long.class)
                .list());
  }

  @Test
  void manyWritersGetGaplessPositionsInCommitOrder() throws Exception {
    List<Thread> threads =
        IntStream.range(0, 200)
            .mapToObj(i -> Thread.ofVirtual().start(() -> journal.write(tx -> note(tx, "n" + i))))
            .toList();
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(200, journal.head());
    assertEquals(LongStream.rangeClosed(1, 200).boxed().toList(), stored());
  }

  @Test
  void aFailingChangeFailsAloneAndTakesNoPosition() {
    List<Pending<Long>> pending = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      int n = i;
      pending.add(
          journal.submit(
              tx -> {
                if (n == 7) {
                  note(tx, "gone");
                  throw MatrixException.forbidden("no");
                }
                if (n == 9) {
                  tx.handle().execute(INSERT, tx.append(Stream.EVENTS), "gone");
                  throw MatrixException.forbidden("no");
                }
                return note(tx, "n" + n);
              },
              null));
    }
    for (int i = 0; i < 20; i++) {
      Pending<Long> one = pending.get(i);
      if (i == 7 || i == 9) {
        assertThrows(MatrixException.class, one::await);
      } else {
        one.await();
      }
    }
    assertEquals(18, journal.head());
    assertEquals(LongStream.rangeClosed(1, 18).boxed().toList(), stored());
  }

  @Test
  void anErrorInOneChangeFailsThatChangeAlone() {
    List<Pending<Long>> pending = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      int n = i;
      pending.add(
          journal.submit(
              tx -> {
                if (n == 2) {
                  throw new StackOverflowError("deep");
                }
                return note(tx, "n" + n);
              },
              null));
    }
    assertThrows(JournalException.class, pending.remove(2)::await);
    pending.forEach(Pending::await);
    assertEquals(LongStream.rangeClosed(1, 4).boxed().toList(), stored());
  }

  @Test
  void anErrorInWhatFollowsACommitDoesNotRunTheChangeAgain() {
    List<String> runs = new ArrayList<>();
    journal.write(
        tx -> {
          runs.add("run");
          tx.afterCommit(
              () -> {
                throw new StackOverflowError("deep");
              });
          return note(tx, "one");
        });
    assertEquals(List.of("run"), runs);
    assertEquals(1, journal.head());
    long next = journal.write(tx -> note(tx, "two"));
    assertEquals(2, next);
  }

  @Test
  void anErrorInWhatFollowsAFailureDoesNotStopTheJournal() {
    Pending<Long> failing =
        journal.submit(
            tx -> {
              throw MatrixException.forbidden("no");
            },
            _ -> {
              throw new StackOverflowError("deep");
            });
    assertThrows(MatrixException.class, failing::await);
    long next = journal.write(tx -> note(tx, "one"));
    assertEquals(1, next);
  }

  @Test
  void whoWritesWhileItStopsIsAnsweredOrRefused() throws Exception {
    List<Thread> threads = new ArrayList<>();
    AtomicInteger answered = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(50);
    for (int i = 0; i < 50; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    begun.countDown();
                    try {
                      while (true) {
                        journal.write(tx -> note(tx, "n"));
                        answered.incrementAndGet();
                      }
                    } catch (JournalException _) {
                      // Refused: the journal is closed.
                    }
                  }));
    }
    begun.await();
    journal.close();
    for (Thread thread : threads) {
      assertTrue(thread.join(Duration.ofSeconds(30)), "somebody waits for ever");
    }
    assertEquals(answered.get(), stored().size());
  }

  @Test
  void nobodyWaitsForADatabaseThatIsGone() {
    assertThrows(
        RuntimeException.class,
        () ->
            journal.change(
                tx -> {
                  tx.handle().execute("SHUTDOWN IMMEDIATELY");
                  note(tx, "lost");
                }));
    assertThrows(RuntimeException.class, () -> journal.write(tx -> note(tx, "after")));
    assertEquals(0, journal.head());
  }

  @Test
  void aFileWhoseWriterFailedIsNotTakenForLeftInOrder(@TempDir Path folder) {
    Path openMark = folder.resolve("sotto.open");
    try (Database file = Database.inFolder(folder);
        Journal writer = new Journal(file)) {
      writer.change(tx -> tx.append(Stream.EVENTS));
      assertThrows(
          RuntimeException.class,
          () -> writer.change(tx -> tx.handle().execute("SHUTDOWN IMMEDIATELY")));
    }
    assertTrue(Files.exists(openMark));
    try (Database file = Database.inFolder(folder);
        Journal writer = new Journal(file)) {
      assertEquals(1, writer.head());
    }
    assertFalse(Files.exists(openMark));
  }

  @Test
  void theHeadSurvivesAReopening() {
    journal.write(tx -> note(tx, "one"));
    journal.close();
    journal = new Journal(database);
    assertEquals(1, journal.head());
    long next = journal.write(tx -> note(tx, "two"));
    assertEquals(2, next);
  }

  @Test
  void aWatchHearsOfNewsThatCameBeforeItWaited() {
    long topic = Topics.room(5);
    try (Watch watch = journal.watchers().watch(topic);
        Watch other = journal.watchers().watch(Topics.user(5))) {
      journal.write(tx -> note(tx, "one", topic));
      assertTrue(watch.await(Duration.ofSeconds(10)));
      assertFalse(watch.await(Duration.ofMillis(1)));
      assertFalse(other.await(Duration.ofMillis(1)));
    }
  }

  @Test
  void recentRowsAreReadFromMemoryWithTheirTopics() {
    journal.write(tx -> note(tx, "one", Topics.room(1)));
    journal.write(tx -> note(tx, "two", Topics.room(2)));
    List<Long> rooms = new ArrayList<>();
    assertTrue(journal.recent(1, 2, row -> rooms.add(Topics.number(row.topics()[0]))));
    assertEquals(List.of(2L), rooms);
    assertFalse(journal.recent(-5, 2, _ -> {}));
  }

  @Test
  void whatFollowsACommitHasRunWhenTheWriteReturns() {
    List<String> seen = new ArrayList<>();
    journal.write(
        tx -> {
          tx.afterCommit(() -> seen.add("at head " + journal.head()));
          return note(tx, "one");
        });
    assertEquals(List.of("at head 0"), seen);
  }
}
