package dev.sotto.homeserver.api.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.homeserver.backup.BackedUpKey;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class KeyBackupStreamTest {
  private int pages;

  private static List<BackedUpKey> keys(int count, int rooms) {
    List<BackedUpKey> keys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      RoomId room = new RoomId("!r" + i * rooms / count + ":example.org");
      keys.add(
          new BackedUpKey(room, "s\"" + i, i, 2, i % 2 == 0, "{\"ciphertext\":\"c" + i + "\"}"));
    }
    return keys;
  }

  private KeyBackupStream stream(boolean byRoom, List<BackedUpKey> keys) {
    return new KeyBackupStream(byRoom, last -> page(keys, last));
  }

  private List<BackedUpKey> page(List<BackedUpKey> keys, @Nullable BackedUpKey last) {
    pages++;
    int from = keys.indexOf(last) + 1;
    return keys.subList(from, Math.min(keys.size(), from + KeyBackupStream.PAGE));
  }

  private static ObjectNode read(KeyBackupStream stream) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    stream.transferTo(out);
    return Json.parseObject(out.toByteArray());
  }

  /// The same as it is read: a number is an `int` or a `long` by its size.
  private static ObjectNode again(ObjectNode json) {
    return Json.parseObject(Json.bytes(json));
  }

  private static ObjectNode sessions(List<BackedUpKey> keys) {
    ObjectNode sessions = Json.object();
    for (BackedUpKey key : keys) {
      ObjectNode json = sessions.putObject(key.session());
      json.put("first_message_index", key.firstMessageIndex());
      json.put("forwarded_count", key.forwardedCount());
      json.put("is_verified", key.verified());
      json.set("session_data", Json.parseObject(key.sessionData()));
    }
    return again(Json.object().set("sessions", sessions));
  }

  @Test
  void pagesMakeOneObjectWhereverTheyEnd() throws IOException {
    for (int count : List.of(0, 1, 499, 500, 501, 1000, 1203)) {
      List<BackedUpKey> keys = keys(count, 3);
      ObjectNode rooms = Json.object();
      for (RoomId room : keys.stream().map(BackedUpKey::room).distinct().toList()) {
        rooms.set(
            room.value(), sessions(keys.stream().filter(key -> key.room().equals(room)).toList()));
      }
      assertEquals(
          again(Json.object().set("rooms", rooms)), read(stream(true, keys)), count + " keys");
      assertEquals(sessions(keys), read(stream(false, keys)), count + " keys");
    }
  }

  @Test
  void aPageIsReadWhenTheOneBeforeIsSent() throws IOException {
    KeyBackupStream stream = stream(true, keys(1203, 3));
    assertFalse(stream.isOnePage());
    assertEquals(1, pages);
    assertEquals('{', stream.read());
    assertEquals(1, pages);
    stream.readNBytes(200_000);
    assertEquals(3, pages);
    assertTrue(stream(true, keys(20, 3)).isOnePage());
  }

  @Test
  void aBackupThatIsDeletedMeanwhileEnds() throws IOException {
    List<BackedUpKey> keys = keys(1203, 3);
    KeyBackupStream stream =
        new KeyBackupStream(
            false,
            last -> {
              if (last != null) {
                throw MatrixException.notFound("It is gone.");
              }
              return page(keys, null);
            });
    assertEquals(sessions(keys.subList(0, 500)), read(stream));
  }
}
