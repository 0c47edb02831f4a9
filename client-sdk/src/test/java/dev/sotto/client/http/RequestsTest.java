package dev.sotto.client.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.error.MatrixRequestException.Kind;
import dev.sotto.client.memory.SecretText;
import dev.sotto.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestsTest {
  private static final Request PING = Request.get("/_matrix/client/versions");

  private final FakePace pace = new FakePace();
  private final FakeServer server = new FakeServer();
  private final Requests requests = Requests.anonymous(server.address(), pace.settings());

  record Answer(String name, List<String> parts) {}

  @AfterEach
  void close() {
    requests.close();
    server.close();
  }

  @Test
  void segmentsAndQueryAreEncoded() {
    server.answer(200, "{}");
    requests.send(
        Request.get("/rooms/{}/state/{}/{}", "!a/b:ex.org", "m.room.name", "ü %?#")
            .query("from", "s1+2&x=y")
            .query("dir", "b"));
    assertEquals(
        "/rooms/%21a%2Fb%3Aex.org/state/m.room.name/%C3%BC%20%25%3F%23?from=s1%2B2%26x%3Dy&dir=b",
        server.seen().getFirst().path());
  }

  @ParameterizedTest
  @ValueSource(strings = {".", ".."})
  void segmentCannotClimbOutOfItsPlace(String segment) {
    assertThrows(IllegalArgumentException.class, () -> Request.get("/media/{}/thumbnail", segment));
  }

  @Test
  void templateTakesExactlyItsSegments() {
    assertThrows(IllegalArgumentException.class, () -> Request.get("/a/{}/b/{}", "one"));
    assertThrows(IllegalArgumentException.class, () -> Request.get("/a/{}", "one", "two"));
    // A segment that looks like a place is no place.
    assertThrows(IllegalArgumentException.class, () -> Request.get("/a/{}", "{}", "two"));
  }

  @Test
  void recordsTreesBytesAndFilesAreSent(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "from a file");
    server.answers(4, FakeServer.json(200, "{}", Map.of()));
    requests.send(Request.post("/a").json(new Answer("x", List.of("y"))));
    requests.send(Request.put("/b").json(Json.object().put("k", 1)));
    requests.send(Request.post("/c").bytes("raw".getBytes(StandardCharsets.UTF_8), "image/png"));
    requests.send(Request.post("/d").file(file, "text/plain"));
    List<FakeServer.Seen> seen = server.seen();
    assertEquals("{\"name\":\"x\",\"parts\":[\"y\"]}", seen.get(0).body());
    assertEquals("application/json", seen.get(0).header("Content-Type"));
    assertEquals("{\"k\":1}", seen.get(1).body());
    assertEquals("raw", seen.get(2).body());
    assertEquals("image/png", seen.get(2).header("Content-Type"));
    assertEquals("from a file", seen.get(3).body());
  }

  @Test
  void programIsNamedAndNothingElseIsTold() {
    server.answer(200, "{}");
    requests.send(PING);
    FakeServer.Seen seen = server.seen().getFirst();
    assertTrue(String.valueOf(seen.header("User-Agent")).startsWith("test/1 sotto-client-sdk/"));
    assertNull(seen.header("Authorization"));
    assertNull(seen.header("Cookie"));
  }

  @Test
  void answerIsBoundToARecord() {
    server.answer(200, "{\"name\":\"x\",\"parts\":[\"a\",\"b\"],\"more\":{}}");
    assertEquals(new Answer("x", List.of("a", "b")), requests.send(PING, Answer.class));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>",
        "[]",
        "null",
        "{\"name\":\"x\"",
        "{\"name\":\"x\"}",
        "{\"name\":7,\"parts\":[]}",
        "{\"name\":\"x\",\"parts\":{}}",
        "{\"name\":\"x\",\"parts\":[null]}"
      })
  void answerOfAnotherFormIsGarbled(String body) {
    server.answer(200, body);
    MatrixRequestException failure =
        assertThrows(MatrixRequestException.class, () -> requests.send(PING, Answer.class));
    assertEquals(Kind.GARBLED, failure.kind());
    assertEquals(1, server.seen().size());
  }

  @Test
  void answerNestedWithoutEndIsGarbled() {
    server.answer(200, "{\"a\":".repeat(100_000));
    MatrixRequestException failure =
        assertThrows(MatrixRequestException.class, () -> requests.send(PING));
    assertEquals(Kind.GARBLED, failure.kind());
  }

  @Test
  void refusalCarriesWhatTheServerSaid() {
    server.answer(403, "{\"errcode\":\"M_FORBIDDEN\",\"error\":\"Not\\u001b[2J yours\",\"x\":1}");
    MatrixRequestException failure =
        assertThrows(
            MatrixRequestException.class,
            () -> requests.send(Request.get("/rooms/{}/state", "!secret:room").query("q", "z")));
    assertEquals(Kind.REFUSED, failure.kind());
    assertEquals(403, failure.status());
    assertEquals("M_FORBIDDEN", failure.errcode());
    assertEquals(1, failure.details().path("x").asInt());
    assertEquals("GET /rooms/{}/state: 403 M_FORBIDDEN: Not [2J yours", failure.getMessage());
    assertFalse(failure.isLoggedOut());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<h1>",
        "[]",
        "{\"errcode\":7,\"error\":[],\"soft_logout\":\"x\",\"retry_after_ms\":{}}",
        "{\"errcode\":\"M_BAD\\nX-Log: forged\"}"
      })
  void refusalOfAnyFormIsUnderstoodAsFarAsItGoes(String body) {
    server.answer(400, body);
    MatrixRequestException failure =
        assertThrows(MatrixRequestException.class, () -> requests.send(PING));
    assertEquals(400, failure.status());
    assertEquals("", failure.errcode());
    assertEquals(Optional.empty(), failure.retryAfter());
    assertFalse(failure.isSoftLogout());
  }

  @Test
  void redirectIsNotFollowed() {
    try (FakeServer other = new FakeServer()) {
      server.answer(307, "", Map.of("Location", other.url() + "/steal"));
      Tokens tokens = new Tokens(new TokenPair(SecretText.of("tok"), null), _ -> {});
      MatrixRequestException failure =
          assertThrows(MatrixRequestException.class, () -> requests.with(tokens).send(PING));
      assertEquals(307, failure.status());
      assertEquals(List.of(), other.seen());
    }
  }

  @Test
  void anonymousRequestCarriesNoToken() {
    server.answers(2, FakeServer.json(200, "{}", Map.of()));
    Requests known = requests.with(new Tokens(new TokenPair(SecretText.of("tok"), null), _ -> {}));
    known.send(PING);
    known.send(PING.anonymous());
    assertEquals("Bearer tok", server.seen().get(0).header("Authorization"));
    assertNull(server.seen().get(1).header("Authorization"));
  }
}
