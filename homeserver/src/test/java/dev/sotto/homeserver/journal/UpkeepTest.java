package dev.sotto.homeserver.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.homeserver.db.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpkeepTest {
  private static final String TEXT = "x".repeat(1_000);

  // Twice and a half of what the rows take.
  private static final long MOST_BYTES = 15 << 20;
  private static final int ROWS = 6_000;
  private static final int PRIME = 1_000_003;

  @TempDir Path folder;

  @Test
  void theFileHoldsLittleMoreThanWhatIsInTheDatabase() throws IOException {
    try (Database database = Database.inFolder(folder);
        Journal journal = new Journal(database)) {
      journal.change(
          tx ->
              tx.handle()
                  .execute("CREATE TABLE notes (n BIGINT PRIMARY KEY, k BIGINT, text VARCHAR)"));
      journal.change(tx -> tx.handle().execute("CREATE INDEX notes_by_k ON notes (k)"));
      for (long n = 0; n < ROWS; n++) {
        long row = n;
        // Into the index at a place far from the one before, as a hash would be.
        long key = n * PRIME % ROWS;
        journal.change(
            tx -> tx.handle().execute("INSERT INTO notes VALUES (?, ?, ?)", row, key, TEXT));
      }
      long size = Files.size(folder.resolve("sotto.mv.db"));
      assertTrue(size < MOST_BYTES, () -> size + " bytes for " + ROWS + " rows");
      int kept =
          database.read(
              handle ->
                  handle
                      .createQuery("SELECT COUNT(*) FROM notes WHERE k >= 0 AND text = ?")
                      .bind(0, TEXT)
                      .mapTo(Integer.class)
                      .one());
      assertEquals(ROWS, kept);
    }
  }
}
