package dev.sotto.homeserver.todevice;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.homeserver.db.Database;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.statement.Query;
import org.junit.jupiter.api.Test;

/// However many messages wait for a device, a part of them is read without the rest.
class ToDevicePlansTest {
  @Test
  void messagesAreReadInTheOrderOfAnIndex() {
    try (Database database = Database.inMemory(UUID.randomUUID().toString())) {
      database.read(
          handle -> {
            assertFollowsAnIndex(
                handle
                    .createQuery("EXPLAIN " + ToDeviceStore.SINCE)
                    .bindMap(
                        Map.of("user", 1L, "device", "A", "from", 0L, "to", 9L, "limit", 100)));
            assertFollowsAnIndex(
                handle
                    .createQuery("EXPLAIN " + ToDeviceStore.NTH)
                    .bind(0, 1L)
                    .bind(1, "A")
                    .bind(2, 2L)
                    .bind(3, 10));
            return true;
          });
    }
  }

  private static void assertFollowsAnIndex(Query explained) {
    String plan = explained.mapTo(String.class).one();
    assertTrue(plan.contains("index sorted"), plan);
  }
}
