package dev.sotto.client.encryption.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.RoomId;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackupReaderTest {
  private static InputStream stream(String json) {
    return new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> read(BackupReader reader, int most) {
    List<String> found = new ArrayList<>();
    try (reader) {
      for (List<BackedUpKey> keys = reader.next(most); !keys.isEmpty(); keys = reader.next(most)) {
        keys.forEach(key -> found.add(key.room() + " " + key.sessionId() + " " + key.json()));
      }
    }
    return found;
  }

  private static List<String> read(String json) {
    return read(BackupReader.of(stream(json)), 2);
  }

  @Test
  void allKeysAreReadInPieces() {
    String json =
        """
        {"rooms": {
           "!a:x": {"sessions": {"1": {"n": 1}, "2": {"n": {"deep": [2]}}}},
           "!b:x": {"sessions": {}},
           "!c:x": {"sessions": {"3": {"n": 3}}}}}\
        """;
    List<String> all =
        List.of("!a:x 1 {\"n\":1}", "!a:x 2 {\"n\":{\"deep\":[2]}}", "!c:x 3 {\"n\":3}");
    for (int most = 1; most < 5; most++) {
      assertEquals(all, read(BackupReader.of(stream(json)), most));
    }
  }

  @Test
  void keysOfOneRoomAreRead() {
    RoomId room = new RoomId("!a:x");
    assertEquals(
        List.of("!a:x 1 {\"n\":1}", "!a:x 2 {\"n\":2}"),
        read(
            BackupReader.of(
                room,
                stream(
                    """
                    {"rooms": {"!b:x": {"sessions": {"0": {"n": 0}}}},
                     "sessions": {"1": {"n": 1}, "2": {"n": 2}, "3": 3}}\
                    """)),
            1));
    assertEquals(List.of(), read(BackupReader.of(room, stream("{}")), 1));
    assertThrows(MatrixException.class, () -> BackupReader.of(room, stream("[]")));
  }

  @Test
  void longKeysAreReadInSmallerPieces() {
    String key = "\"%d\":{\"x\":\"" + "x".repeat(100_000) + "\"}";
    String sessions =
        IntStream.range(0, 25).mapToObj(key::formatted).collect(Collectors.joining(","));
    List<Integer> sizes = new ArrayList<>();
    try (BackupReader reader =
        BackupReader.of(stream("{\"rooms\":{\"!a:x\":{\"sessions\":{" + sessions + "}}}}"))) {
      for (var keys = reader.next(99); !keys.isEmpty(); keys = reader.next(99)) {
        sizes.add(keys.size());
      }
    }
    assertEquals(List.of(11, 11, 3), sizes);
  }

  @Test
  void whatIsLongerThanAnyKeyIsPassedOver() {
    String json =
        """
        {"rooms": {"!a:x": {"sessions": {"1": {"n": 1}, "2": {"x": "%s"}, "3": {"n": 3}}}}}\
        """
            .formatted(" ".repeat(1 << 20));
    assertEquals(List.of("!a:x 1 {\"n\":1}", "!a:x 3 {\"n\":3}"), read(json));
  }

  @Test
  void whatIsBeyondTheLimitsOfSingleEventsSpoilsNothing() {
    String deep = "[".repeat(900) + "]".repeat(900);
    String name = "n".repeat(10_001);
    String json =
        """
        {"%s": 1, "deep": %s, "rooms": {"!a:x": {"sessions": {
           "1": {"x": %s}, "2": {"%s": 1}, "3": {"n": 1, "n": 2}, "4": {"x": %s}, "5": {"n": 5}}}}}
        """
            .formatted(name, deep, deep, name, "1".repeat(41));
    List<String> ids = new ArrayList<>();
    try (BackupReader reader = BackupReader.of(stream(json))) {
      reader.next(9).forEach(key -> ids.add(key.sessionId()));
    }
    assertEquals(List.of("1", "2", "3", "4", "5"), ids);
  }

  @Test
  void whatHasNotTheRightFormIsPassedOver() {
    assertEquals(List.of(), read("{}"));
    assertEquals(List.of(), read("{\"rooms\": []}"));
    assertEquals(List.of(), read("{\"rooms\": 1, \"sessions\": {\"1\": {}}}"));
    assertEquals(
        List.of("!a:x 3 {}"),
        read(
            """
            {"first": {"rooms": {"!z:x": {"sessions": {"0": {}}}}},
             "rooms": {
               "no room": {"sessions": {"1": {}}},
               "!e:x": 5,
               "!d:x": {"sessions": [{"sessions": {"1": {}}}]},
               "!a:x": {"extra": {"sessions": {"1": {}}},
                        "sessions": {"1": 1, "2": [{}], "3": {}, "%s": {}}}}}\
            """
                .formatted("x".repeat(300))));
  }

  private static void assertNotJson(String json) {
    MatrixException e = assertThrows(MatrixException.class, () -> read(json), json);
    assertEquals(ErrorCode.M_NOT_JSON, e.code());
  }

  @Test
  void whatIsNoJsonIsSaidToBeNone() {
    assertNotJson("");
    assertNotJson("[]");
    assertNotJson("null");
    assertNotJson("<html>");
    assertNotJson("{\"rooms\": {");
    assertNotJson("{\"rooms\": {\"!a:x\": {\"sessions\": {\"1\": {\"n\": 1}, ");
    assertNotJson("{\"deep\": " + "[".repeat(1000) + "]".repeat(1000) + "}");
    assertNotJson("{\"" + "n".repeat(100_000) + "\": 1}");
    assertThrows(
        MatrixException.class,
        () -> read(BackupReader.of(new ByteArrayInputStream(new byte[] {'{', '"', -1})), 1));
  }

  @Test
  void whatCameBeforeTheBreakIsGood() {
    try (BackupReader reader =
        BackupReader.of(stream("{\"rooms\": {\"!a:x\": {\"sessions\": {\"1\": {}, \"2\": "))) {
      assertEquals(1, reader.next(1).size());
      assertThrows(MatrixException.class, () -> reader.next(1));
      assertEquals(List.of(), reader.next(1));
    }
  }
}
