package dev.sotto.client.encryption.megolm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.store.MemoryStore;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EncryptedRoomsTest {
  private final MemoryStore store = new MemoryStore();
  private EncryptedRooms rooms = new EncryptedRooms(store);

  private void hears(String content) {
    rooms.heard(Party.ROOM, Json.parseObject(content));
  }

  private RoomSettings settings() {
    return rooms.settings(Party.ROOM).orElseThrow();
  }

  @Test
  void aRoomIsNotEncryptedUntilThatIsSaid() {
    assertFalse(rooms.isEncrypted(Party.ROOM));
    rooms.heardVisibility(Party.ROOM, "shared");
    assertFalse(rooms.isEncrypted(Party.ROOM));
    assertTrue(rooms.settings(Party.ROOM).isEmpty());
  }

  @Test
  void onceEncryptedItStaysSo() {
    hears("{\"algorithm\": \"m.megolm.v1.aes-sha2\"}");
    hears("{}");
    hears("{\"algorithm\": \"none\"}");
    hears("{\"algorithm\": null, \"rotation_period_msgs\": 10000}");
    assertEquals(new RoomSettings(true, Duration.ofDays(7), 100, false), settings());

    rooms = new EncryptedRooms(store);
    assertTrue(rooms.isEncrypted(Party.ROOM));
    assertEquals(new RoomSettings(true, Duration.ofDays(7), 100, false), settings());
  }

  @ParameterizedTest
  @CsvSource({
    "'{}'",
    "'{\"algorithm\": 7}'",
    "'{\"algorithm\": \"m.megolm.v9\"}'",
  })
  void whatCannotBeReadStillMakesItEncrypted(String content) {
    hears(content);
    assertTrue(rooms.isEncrypted(Party.ROOM));
    assertFalse(settings().supported());

    hears("{\"algorithm\": \"m.megolm.v1.aes-sha2\"}");
    assertTrue(settings().supported());
  }

  @ParameterizedTest
  @CsvSource({
    "50, 50",
    "0, 1",
    "-7, 1",
    "1000000000, 10000",
    "99999999999999999999, 10000",
    "-99999999999999999999, 1",
    "'\"50\"', 100",
    "1.5, 100",
    "null, 100"
  })
  void howManyMessagesASessionIsUsedForIsWithinReason(String said, int kept) {
    hears("{\"algorithm\": \"m.megolm.v1.aes-sha2\", \"rotation_period_msgs\": " + said + "}");
    assertEquals(kept, settings().rotationMessages());
  }

  @ParameterizedTest
  @CsvSource({
    "86400000, P1D",
    "0, PT1H",
    "-1, PT1H",
    "9007199254740991, P28D",
    "99999999999999999999, P28D",
    "'{}', P7D"
  })
  void howLongASessionIsUsedIsWithinReason(String said, Duration kept) {
    hears("{\"algorithm\": \"m.megolm.v1.aes-sha2\", \"rotation_period_ms\": " + said + "}");
    assertEquals(kept, settings().rotationPeriod());
  }

  @ParameterizedTest
  @CsvSource({
    "shared, true",
    "world_readable, true",
    "invited, false",
    "joined, false",
    "anything, false"
  })
  void historyIsForThoseWhoComeLaterOnlyWhereThatWasSaid(String visibility, boolean shared) {
    hears("{\"algorithm\": \"m.megolm.v1.aes-sha2\"}");
    assertFalse(settings().sharedHistory());
    rooms.heardVisibility(Party.ROOM, visibility);
    assertEquals(shared, settings().sharedHistory());
    rooms = new EncryptedRooms(store);
    assertEquals(shared, settings().sharedHistory());
  }
}
