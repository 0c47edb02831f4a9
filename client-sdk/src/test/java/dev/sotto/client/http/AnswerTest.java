package dev.sotto.client.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.error.MatrixRequestException.Kind;
import dev.sotto.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class AnswerTest {
  private static final Request SYNC = Request.get("/_matrix/client/v3/sync");
  private static final String GOOD = "{\"type\":\"good\",\"content\":{\"n\":12345678901234567890}}";

  private final FakePace pace = new FakePace();
  private final FakeServer server = new FakeServer();
  private final Requests requests = Requests.anonymous(server.address(), pace.settings());

  @AfterEach
  void close() {
    requests.close();
    server.close();
  }

  /// Values that [Json] does not read, or cannot write.
  static Stream<Named<String>> beyondLimits() {
    return Stream.of(
        Named.of("long name", "{\"" + "n".repeat(10_001) + "\":1}"),
        Named.of("long number", "1".repeat(41)),
        Named.of("very long number", "1".repeat(1_000_000)),
        Named.of("deep lists", nested("[", "]", 95)),
        Named.of("deep objects", nested("{\"a\":", "}", 95)),
        Named.of("very deep lists", nested("[", "]", 200_000)),
        Named.of("lone surrogate", "\"\\ud800\""));
  }

  private static String nested(String open, String close, int depth) {
    return open.repeat(depth) + "1" + close.repeat(depth);
  }

  @ParameterizedTest
  @MethodSource("beyondLimits")
  void eventBeyondLimitsIsLeftOutOfSync(String value) {
    String bad = "{\"type\":\"bad\",\"content\":{\"x\":" + value + "}}";
    String events = "{\"events\":[" + GOOD + "," + bad + "," + GOOD + "]}";
    String kept = "{\"events\":[" + GOOD + ",null," + GOOD + "]}";
    String sync =
        "{\"next_batch\":\"s1\",\"to_device\":%1$s,"
            + "\"rooms\":{\"join\":{\"!a:ex.org\":{\"timeline\":%1$s,\"state\":%1$s}}}}";
    server.answer(200, sync.formatted(events));
    ObjectNode answer = requests.send(SYNC);
    assertEquals(Json.parse(sync.formatted(kept)), answer);
    assertEquals(answer, Json.parse(Json.bytes(answer)));
  }

  @ParameterizedTest
  @MethodSource("beyondLimits")
  void keysBeyondLimitsAreLeftOutForTheirUserOnly(String value) {
    String query =
        "{\"device_keys\":{\"@a:ex.org\":{\"A\":{\"keys\":{}}},\"@b:ex.org\":{%s}},"
            + "\"master_keys\":{\"@a:ex.org\":{\"keys\":{}}%s}}";
    server.answer(
        200,
        query.formatted(
            "\"B\":{\"unsigned\":" + value + "}", ",\"@b:ex.org\":{\"usage\":[" + value + "]}"));
    ObjectNode answer = requests.send(SYNC);
    assertEquals(Json.parse(query.formatted("", "")), answer);
  }

  @Test
  void collidingNamesAreRead() {
    // "aB" and "b!" give the same hash in the parser's table of names.
    String content =
        IntStream.range(0, 512)
            .mapToObj(
                bits ->
                    IntStream.range(0, 9)
                        .mapToObj(i -> (bits >> i & 1) == 0 ? "aB" : "b!")
                        .collect(Collectors.joining()))
            .map(name -> "\"" + name + "\":1")
            .collect(Collectors.joining(",", "{", "}"));
    server.answer(200, "{\"events\":[" + content + "]}");
    ObjectNode answer = requests.send(SYNC);
    assertEquals(512, answer.path("events").path(0).size());
    assertEquals(answer, Json.parse(Json.bytes(answer)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"#", "a#b", "#\\u0041", "#\\ud83d\\ude00#"})
  void halfASurrogatePairInANameSpoilsNothing(String name) {
    String sync =
        "{\"events\":[" + GOOD + ",{\"" + name + "\":\"\\ud83d\\ude00 \\\\ud800 \\\"\"}]}";
    for (String half : List.of("\\ud800", "\\uDFff", "\\udbff\\ud800")) {
      server.answer(200, sync.replace("#", half));
      String replaced = half.replaceAll("\\\\u....", "\ufffd");
      assertEquals(Json.parse(sync.replace("#", replaced)), requests.send(SYNC));
    }
  }

  @Test
  void halfASurrogatePairBesideTheListsSpoilsNothing() {
    server.answer(200, "{\"name\":\"\\ud83d\",\"events\":[" + GOOD + "]}");
    assertEquals(
        Json.parse("{\"name\":\"\ufffd\",\"events\":[" + GOOD + "]}"), requests.send(SYNC));
  }

  @Test
  void bytesThatAreNoTextSpoilNothing() {
    byte[] body = "{\"events\":[{\"a\":\"?\"}]}".getBytes(StandardCharsets.UTF_8);
    body["{'events':[{'a':'".length()] = (byte) 0xff;
    server.answer(
        exchange -> {
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    assertEquals(Json.parse("{\"events\":[{\"a\":\"\ufffd\"}]}"), requests.send(SYNC));
  }

  @Test
  void lastOfMembersWithOneNameCounts() {
    server.answer(200, "{\"a\":1,\"a\":2}");
    assertEquals(Json.object().put("a", 2), requests.send(SYNC));
  }

  @Test
  void answerThatIsItselfBeyondLimitsIsGarbled() {
    server.answer(200, nested("{\"a\":", "}", 101));
    MatrixRequestException failure =
        assertThrows(MatrixRequestException.class, () -> requests.send(SYNC));
    assertEquals(Kind.GARBLED, failure.kind());
  }
}
