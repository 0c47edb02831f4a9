package dev.sotto.spec;

import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// A sentence goes to the server in the clear by every way that a client has. Each time it is
/// refused, or stored without it; and in the end it is nowhere in the server's files.
class BlindnessTest {
  private static final String SENTENCE = "the heron flies at dawn";

  /// A room's name is in the clear, and shows that the search finds what there is.
  private static final String ROOM_NAME = "Friends of the heron";

  private static final Server SERVER = Server.start(Map.of("SOTTO_ENCRYPTION_POLICY", "required"));

  private final User alice = SERVER.register("alice");
  private final User bob = SERVER.register("bob");
  private final User carol = SERVER.register("carol");
  private final Ways ways = new Ways(SENTENCE, alice, bob, carol);

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  @TestFactory
  Stream<DynamicNode> sentenceIsRefusedOrLeftOutAndIsNowhereAfterwards() {
    String room =
        alice.createRoom(
            "{\"preset\": \"public_chat\", \"name\": \"" + ROOM_NAME + "\", \"topic\": \"Birds\"}");
    bob.join(room);
    carol.join(room);
    List<DynamicTest> tests = new ArrayList<>();
    for (Ways.Way way : ways.all(room)) {
      tests.add(dynamicTest(way.name(), () -> check(way)));
    }
    tests.add(dynamicTest("nobody is told of it", this::assertNobodyIsTold));
    tests.add(dynamicTest("it is in no file", BlindnessTest::assertInNoFile));
    return tests.stream().map(test -> test);
  }

  private static void check(Ways.Way way) {
    var answer = way.request().get();
    assertFalse(answer.asString().contains(SENTENCE), "the answer quotes the sentence");
    if (way.refused()) {
      answer
          .then()
          .statusCode(403)
          .body("errcode", equalTo("M_FORBIDDEN"))
          .body("error", startsWith("This server only "));
    } else {
      answer.then().statusCode(200);
    }
  }

  private void assertNobodyIsTold() {
    for (User user : List.of(alice, bob, carol)) {
      String sync = user.get("/v3/sync?timeout=0&full_state=true").asString();
      assertFalse(sync.contains(SENTENCE), "it is in the sync of " + user.id());
    }
    String members =
        alice
            .get("/v3/joined_rooms")
            .then()
            .extract()
            .jsonPath()
            .getList("joined_rooms", String.class)
            .stream()
            .map(room -> alice.get(path("/v3/rooms/{}/messages?dir=b&limit=1000", room)).asString())
            .reduce("", String::concat);
    assertTrue(members.contains("m.room.encryption"));
    assertFalse(members.contains(SENTENCE), "it is in a room's timeline");
  }

  /// The process is killed first, so that nothing tidies up behind it.
  private static void assertInNoFile() throws IOException {
    SERVER.kill();
    assertEquals(List.of(), filesWith(SENTENCE));
    assertFalse(SERVER.log().contains(SENTENCE), "it is in the log");
    assertFalse(SERVER.log().contains(" ERROR "), SERVER.log());
    assertFalse(filesWith(ROOM_NAME).isEmpty(), "the search finds nothing at all");
  }

  private static List<Path> filesWith(String text) throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(SERVER.data())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        for (Charset charset : List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16BE)) {
          String bytes = new String(text.getBytes(charset), StandardCharsets.ISO_8859_1);
          if (content.contains(bytes)) {
            found.add(file);
          }
        }
      }
    }
    return found;
  }
}
