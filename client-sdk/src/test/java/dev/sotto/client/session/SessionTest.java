package dev.sotto.client.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.error.MatrixRequestException.Kind;
import dev.sotto.client.http.FakePace;
import dev.sotto.client.http.FakeServer;
import dev.sotto.client.http.Request;
import dev.sotto.client.http.ServerAddress;
import dev.sotto.client.http.TokenPair;
import dev.sotto.client.memory.SecretText;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class SessionTest {
  private static final String WELCOME =
      """
      {"user_id": "@ada:example.org", "device_id": "DEV", "access_token": "tok-1",
       "refresh_token": "ref-1", "well_known": {"m.homeserver": {"base_url": "https://evil.org"}}}
      """;

  private final FakePace pace = new FakePace();
  private final FakeServer server = new FakeServer();
  private final MemoryKeeper keeper = new MemoryKeeper();
  private final Logins logins = new Logins(server.address(), pace.settings());

  @AfterEach
  void close() {
    logins.close();
    server.close();
  }

  private Session login() {
    server.answer(200, WELCOME);
    return logins.withPassword("ada", SecretText.of("pass word"), "My bot", keeper);
  }

  private ObjectNode body(int request) {
    return Json.parseObject(server.seen().get(request).body());
  }

  @Test
  void passwordBeginsASessionThatIsKept() {
    try (Session session = login()) {
      assertEquals(
          Json.parseObject(
              """
              {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": "ada"},
               "password": "pass word", "initial_device_display_name": "My bot",
               "refresh_token": true}
              """),
          body(0));
      assertEquals(new UserId("@ada:example.org"), session.user());
      assertEquals(new DeviceId("DEV"), session.device());
      SavedSession expected =
          new SavedSession(
              server.address(),
              session.user(),
              session.device(),
              new TokenPair(SecretText.of("tok-1"), SecretText.of("ref-1")));
      assertEquals(expected, keeper.last());
      server.answer(200, "{}");
      session.requests().send(Request.get("/read"));
      assertEquals("Bearer tok-1", server.seen().get(1).header("Authorization"));
    }
  }

  @Test
  void tokenBeginsASession() {
    server.answer(200, WELCOME);
    logins.withToken(SecretText.of("once"), "My bot", keeper).close();
    assertEquals("m.login.token", body(0).path("type").asString());
    assertEquals("once", body(0).path("token").asString());
  }

  @Test
  void wrongPasswordIsTriedOnceAndInNoMessage() {
    server.answer(403, "{\"errcode\":\"M_FORBIDDEN\",\"error\":\"Wrong password\"}");
    MatrixRequestException failure =
        assertThrows(
            MatrixRequestException.class,
            () -> logins.withPassword("ada", SecretText.of("hunter2"), "bot", keeper));
    assertEquals("M_FORBIDDEN", failure.errcode());
    assertFalse(failure.toString().contains("hunter2"));
    assertEquals(1, server.seen().size());
    assertNull(keeper.last());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "{\"user_id\":\"ada\",\"device_id\":\"D\",\"access_token\":\"t\"}",
        "{\"user_id\":\"@ada:example.org\",\"device_id\":\"\",\"access_token\":\"t\"}",
        "{\"user_id\":\"@ada:example.org\",\"device_id\":\"D\",\"access_token\":\"t\\n\"}",
        "{\"user_id\":\"@eve:example.org\",\"device_id\":\"D\",\"access_token\":\"t\"}"
      })
  void answerThatIsNotThisUsersSessionIsRefused(String answer) {
    server.answer(200, answer);
    MatrixRequestException failure =
        assertThrows(
            MatrixRequestException.class,
            () -> logins.withPassword("@ada:example.org", SecretText.of("pw"), "bot", keeper));
    assertEquals(Kind.GARBLED, failure.kind());
    assertNull(keeper.last());
  }

  @Test
  void refreshedTokensAreKeptAndRestored() {
    login().close();
    SavedSession saved = keeper.last();
    assertNotNull(saved);
    try (Session restored = Session.restore(saved, keeper, pace.settings())) {
      server
          .answer(401, "{\"errcode\":\"M_UNKNOWN_TOKEN\",\"soft_logout\":true}")
          .answer(200, "{\"access_token\":\"tok-2\",\"refresh_token\":\"ref-2\"}")
          .answer(200, "{\"user_id\":\"@ada:example.org\",\"device_id\":\"DEV\"}");
      restored.requests().send(Request.get("/_matrix/client/v3/account/whoami"));
    }
    assertEquals(
        saved.with(new TokenPair(SecretText.of("tok-2"), SecretText.of("ref-2"))), keeper.last());
  }

  @Test
  void newLoginOfTheSameDeviceCarriesTheSessionOn() {
    try (Session session = login()) {
      server.answer(200, WELCOME.replace("tok-1", "tok-9")).answer(200, "{}");
      session.renew(SecretText.of("pass word"));
      assertEquals("DEV", body(1).path("device_id").asString());
      assertNull(server.seen().get(1).header("Authorization"));
      session.requests().send(Request.get("/read"));
      assertEquals("Bearer tok-9", server.seen().get(2).header("Authorization"));

      server.answer(200, WELCOME.replace("DEV", "ANOTHER"));
      assertThrows(MatrixRequestException.class, () -> session.renew(SecretText.of("pass word")));
    }
  }

  @Test
  void closingIsNoLogout() {
    login().close();
    assertEquals(1, server.seen().size());
    assertNotNull(keeper.last());
  }

  @Test
  void logoutRemovesTheDeviceAndWhatWasKept() {
    Session session = login();
    server.answer(200, "{}");
    session.logout();
    assertEquals("/_matrix/client/v3/logout", server.seen().get(1).path());
    assertEquals("Bearer tok-1", server.seen().get(1).header("Authorization"));
    assertNull(keeper.last());
    assertThrows(IllegalStateException.class, () -> session.requests().send(Request.get("/read")));
  }

  @Test
  void logoutThatDidNotArriveLeavesTheSession() {
    try (Session session = login()) {
      server.answer(502, "");
      assertThrows(MatrixRequestException.class, session::logout);
      assertNotNull(keeper.last());
      server.answer(200, "{}");
      session.requests().send(Request.get("/read"));
    }
  }

  @Test
  void logoutOfADeviceThatIsGoneForgetsIt() {
    Session session = login();
    server.answer(401, "{\"errcode\":\"M_UNKNOWN_TOKEN\"}");
    session.logout();
    assertNull(keeper.last());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"homeserver\":\"http://example.org\",\"in_the_clear\":false,"
            + "\"user_id\":\"@a:b\",\"device_id\":\"D\",\"access_token\":\"t\"}"
      })
  void otherBytesAreNoSession(String bytes) {
    assertThrows(
        IllegalArgumentException.class,
        () -> SavedSession.decode(bytes.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void consentToClearTextIsKeptAndTokensAreNotPrinted() {
    SavedSession saved =
        new SavedSession(
            ServerAddress.inTheClear("http://matrix.lan"),
            new UserId("@a:lan"),
            new DeviceId("D"),
            new TokenPair(SecretText.of("abc-token"), null));
    assertEquals(saved, SavedSession.decode(saved.encode()));
    assertFalse(saved.toString().contains("abc-token"));
    assertFalse(Map.of("session", saved).toString().contains("abc-token"));
  }
}
