package dev.sotto.homeserver.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {
  private static final String NEXT_RANK =
      "SELECT MAX(\"installed_rank\") + 1 FROM \"flyway_schema_history\"";

  /// As many as there are at once.
  private static final int CONNECTIONS = 12;

  @TempDir Path folder;

  @Test
  void dataStaysWhenTheDatabaseIsOpenedAgain() {
    try (Database database = Database.inFolder(folder);
        Handle handle = database.openWriter()) {
      handle.execute("INSERT INTO users (number, user_id) VALUES (7, '@alice:example.org')");
    }
    try (Database database = Database.inFolder(folder)) {
      String id =
          database.read(
              handle ->
                  handle
                      .createQuery("SELECT user_id FROM users WHERE number = 7")
                      .mapTo(String.class)
                      .one());
      assertEquals("@alice:example.org", id);
    }
  }

  @Test
  void queriesInsideOthersDoNotWaitForEachOther() throws Exception {
    CountDownLatch begun = new CountDownLatch(CONNECTIONS);
    try (Database database = Database.inFolder(folder);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Integer> nested =
          () ->
              database.read(
                  outer -> {
                    begun.countDown();
                    await(begun);
                    return one(outer) + database.read(DatabaseTest::one);
                  });
      List<Callable<Integer>> all = Collections.nCopies(CONNECTIONS, nested);
      for (Future<Integer> sum : threads.invokeAll(all, 10, TimeUnit.SECONDS)) {
        assertEquals(2, sum.get());
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static int one(Handle handle) {
    return handle.createQuery("SELECT 1").mapTo(Integer.class).one();
  }

  @Test
  void databaseOfANewerVersionIsNotTouched() {
    try (Database database = Database.inFolder(folder);
        Handle handle = database.openWriter()) {
      int rank = handle.createQuery(NEXT_RANK).mapTo(Integer.class).one();
      handle.execute(
          """
          INSERT INTO "flyway_schema_history"
            ("installed_rank", "version", "description", "type", "script", "checksum",
             "installed_by", "execution_time", "success")
          VALUES (?, '9999', 'from the future', 'SQL', 'V9999__future.sql', 1, 'SOTTO', 1, TRUE)
          """,
          rank);
    }
    assertThrows(SchemaException.class, () -> Database.inFolder(folder).close());
  }
}
