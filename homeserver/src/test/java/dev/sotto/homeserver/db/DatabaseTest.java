package dev.sotto.homeserver.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {
  private static final String NEXT_RANK =
      "SELECT MAX(\"installed_rank\") + 1 FROM \"flyway_schema_history\"";

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
