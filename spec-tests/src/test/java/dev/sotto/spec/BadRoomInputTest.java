package dev.sotto.spec;

import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.matchesPattern;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.spec.harness.Http;
import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever is sent where rooms are dealt with, the server says what is wrong with it and does not
/// fail.
class BadRoomInputTest {
  private static final User ALICE = Server.plain().register("alice");
  private static final String ROOM = ALICE.createRoom();
  private static final String LEFT = ALICE.createRoom();
  private static final String EVENT = ALICE.say(ROOM, "there");

  private static final List<String> WITH_BODY =
      List.of(
          "POST /v3/createRoom",
          "POST /v3/join/ROOM",
          "POST /v3/rooms/ROOM/join",
          "POST /v3/rooms/ROOM/invite",
          "POST /v3/rooms/ROOM/kick",
          "POST /v3/rooms/ROOM/ban",
          "POST /v3/rooms/ROOM/unban",
          "POST /v3/rooms/LEFT/leave",
          "POST /v3/rooms/ROOM/upgrade",
          "POST /v3/knock/ROOM",
          "PUT /v3/rooms/ROOM/send/m.room.message/t",
          "PUT /v3/rooms/ROOM/state/m.room.name",
          "PUT /v3/rooms/ROOM/state/m.room.power_levels/",
          "PUT /v3/rooms/ROOM/state/m.room.member/USER",
          "PUT /v3/rooms/ROOM/redact/EVENT/t");

  private static final List<String> PATHS =
      List.of(
          "GET /v3/rooms/{}/state",
          "GET /v3/rooms/{}/state/m.room.name",
          "GET /v3/rooms/ROOM/state/m.room.name/{}",
          "GET /v3/rooms/ROOM/state/{}",
          "GET /v3/rooms/{}/members",
          "GET /v3/rooms/{}/joined_members",
          "GET /v3/rooms/{}/messages?dir=b",
          "GET /v3/rooms/ROOM/messages?dir=b&from={}",
          "GET /v3/rooms/ROOM/messages?dir=b&to={}",
          "GET /v3/rooms/ROOM/messages?dir=b&filter={}",
          "GET /v3/rooms/ROOM/messages?dir=b&limit={}",
          "GET /v3/rooms/ROOM/messages?dir={}",
          "GET /v3/rooms/{}/event/EVENT",
          "GET /v3/rooms/ROOM/event/{}",
          "GET /v3/rooms/ROOM/context/{}",
          "GET /v3/rooms/ROOM/context/EVENT?filter={}",
          "GET /v3/rooms/ROOM/members?at={}",
          "GET /v3/rooms/ROOM/members?membership={}",
          "GET /v1/rooms/ROOM/relations/{}",
          "GET /v1/rooms/ROOM/relations/EVENT/{}",
          "GET /v1/rooms/ROOM/relations/EVENT/m.thread/{}",
          "GET /v1/rooms/ROOM/relations/EVENT?from={}",
          "GET /v1/rooms/{}/threads",
          "GET /v1/rooms/ROOM/threads?from={}",
          "GET /v1/rooms/{}/hierarchy",
          "GET /v1/rooms/ROOM/hierarchy?from={}",
          "GET /v1/rooms/ROOM/hierarchy?max_depth={}",
          "GET /v1/rooms/ROOM/timestamp_to_event?dir=f&ts={}",
          "GET /v1/room_summary/{}",
          "GET /v1/mutual_rooms?user_id={}",
          "POST /v3/join/{}",
          "POST /v3/knock/{}",
          "POST /v3/rooms/{}/leave",
          "POST /v3/rooms/{}/forget",
          "PUT /v3/rooms/{}/send/m.room.message/t",
          "PUT /v3/rooms/ROOM/state/{}",
          "PUT /v3/rooms/ROOM/state/m.room.member/{}",
          "PUT /v3/rooms/ROOM/redact/{}/t");

  private static final List<byte[]> BODIES =
      Stream.of(
              "{",
              "",
              "[]",
              "\"text\"",
              "5",
              "null",
              "{} {}",
              "{'a': 'b'}",
              "{\"reason\": 5, \"user_id\": 5, \"new_version\": 5, \"n\": 1.5, \"name\": {}}",
              "{\"user_id\": \"\", \"n\": 0.5, \"preset\": {}, \"reason\": []}",
              "{\"user_id\": \"@\\u0000:localhost\", \"n\": 1e400, \"reason\": {}}",
              "{\"membership\": 5, \"users\": [], \"a\": 1, \"a\": 2}",
              "{\"invite\": {}, \"reason\": \"\\udc00\", \"n\": 1e5, \"new_version\": \"\"}",
              "{\"third_party_signed\": {\"token\": 5}, \"invite_3pid\": 5, \"n\": 0.1,"
                  + " \"reason\": 1}",
              "[".repeat(3000),
              "{\"a\":".repeat(3000),
              "{\"a\": " + "[".repeat(500) + "]".repeat(500) + "}",
              "{\"a\": \"" + "x".repeat(3_000_000) + "\"}")
          .map(text -> text.getBytes(StandardCharsets.UTF_8))
          .toList();

  private static final byte[] NOT_UTF_8 = {'{', '"', (byte) 0xFF, (byte) 0xFE, '"', ':', '1', '}'};

  private static final List<String> VALUES =
      List.of(
          "x",
          "!",
          "$",
          "#",
          "@",
          "!:",
          "#a",
          "\0",
          "!\0:localhost",
          "$\n",
          "!" + "r".repeat(300),
          "$" + "ü".repeat(200),
          "' OR 1=1 --",
          "%",
          "../../etc/passwd",
          "\u202E",
          "s-1",
          "s1_2_3_4_5_6",
          "s99999999999999999999",
          "-1",
          "1e9",
          "99999999999999999999999",
          "{\"types\": {}}",
          "{\"limit\": -1}",
          "{\"limit\": 1.5}",
          "{\"senders\": [\"x\"]}");

  static Stream<Arguments> requestsWithBadBodies() {
    return WITH_BODY.stream()
        .flatMap(
            request ->
                Stream.concat(BODIES.stream(), Stream.of(NOT_UTF_8))
                    .map(body -> Arguments.of(request, body)));
  }

  static Stream<Arguments> requestsWithBadValues() {
    return PATHS.stream().flatMap(path -> VALUES.stream().map(v -> Arguments.of(path, v)));
  }

  private static String filled(String request) {
    return request
        .replace("ROOM", path("{}", ROOM))
        .replace("LEFT", path("{}", LEFT))
        .replace("EVENT", path("{}", EVENT))
        .replace("USER", path("{}", ALICE.id()));
  }

  private static Response ask(String request, byte[] body) {
    String[] parts = request.split(" ", 2);
    return ALICE
        .request()
        .contentType("application/json")
        .body(body)
        .request(parts[0], Http.full(parts[1]));
  }

  private static void assertAnswered(Response answer) {
    int status = answer.statusCode();
    assertThat(status, allOf(greaterThanOrEqualTo(200), lessThan(500)));
    if (status >= 400) {
      assertThat(answer.path("errcode"), matchesPattern("M_[A-Z_]+"));
      assertThat(answer.path("error"), matchesPattern("(?s).+"));
    }
  }

  @ParameterizedTest
  @MethodSource("requestsWithBadBodies")
  void badBodyIsAnsweredInTheFormOfTheSpecification(String request, byte[] body) {
    assertAnswered(ask(filled(request), body));
  }

  @ParameterizedTest
  @MethodSource("requestsWithBadValues")
  void badPathOrQueryIsAnsweredInTheFormOfTheSpecification(String request, String value) {
    byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
    String path = path(filled(request), value);
    assertAnswered(request.startsWith("GET") ? get(path.substring(4)) : ask(path, body));
  }

  private static Response get(String path) {
    return ALICE.get(path);
  }

  @ParameterizedTest
  @ValueSource(strings = {"%ff", "%c3%28", "%ed%a0%80", "%00", "%f8%a1%a1%a1%a1", "%c0%af"})
  void pathThatIsNoUtf8IsNoFailureEither(String bad) {
    assertThat(
        get("/v3/rooms/" + bad + "/state").statusCode(),
        allOf(greaterThanOrEqualTo(400), lessThan(500)));
    assertThat(
        get(path("/v3/rooms/{}/event/", ROOM) + bad).statusCode(),
        allOf(greaterThanOrEqualTo(400), lessThan(500)));
  }

  @Test
  void roomIsStillThereAfterwards() {
    // Another event than the one that was asked for so often, which some request may redact.
    String event = ALICE.say(ROOM, "and goes on");
    assertEquals("and goes on", RoomCalls.event(ALICE, ROOM, event).getString("content.body"));
  }
}
