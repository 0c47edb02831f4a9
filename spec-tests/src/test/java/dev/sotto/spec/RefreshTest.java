package dev.sotto.spec;

import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

import dev.sotto.spec.harness.Http;
import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#refreshing-access-tokens
class RefreshTest {
  private static Response login(User user) {
    Response login =
        user.server()
            .anonymously()
            .post(
                "/v3/login",
                """
                {
                  "type": "m.login.password", "refresh_token": true,
                  "identifier": {"type": "m.id.user", "user": "%s"}, "password": "%s"
                }
                """
                    .formatted(user.id(), user.password()));
    login.then().statusCode(200).body("expires_in_ms", notNullValue());
    return login;
  }

  private static Response refresh(Server server, String token) {
    return server.anonymously().post("/v3/refresh", "{\"refresh_token\": \"" + token + "\"}");
  }

  private static Response whoami(Server server, String token) {
    return server.withToken(token).get("/v3/account/whoami");
  }

  @Test
  void oldTokensEndWhenTheNewOnesAreUsed() {
    Server server = Server.plain();
    Response first = login(server.register("alice"));
    Response lost = refresh(server, first.path("refresh_token"));
    lost.then().statusCode(200);
    Response second = refresh(server, first.path("refresh_token"));
    second
        .then()
        .statusCode(200)
        .body("access_token", notNullValue())
        .body("refresh_token", notNullValue())
        .body("expires_in_ms", equalTo(3_600_000));

    whoami(server, second.path("access_token"))
        .then()
        .statusCode(200)
        .body("device_id", equalTo(first.path("device_id")));
    for (Response old : new Response[] {first, lost}) {
      whoami(server, old.path("access_token")).then().statusCode(401);
      refresh(server, old.path("refresh_token"))
          .then()
          .statusCode(401)
          .body("errcode", equalTo("M_UNKNOWN_TOKEN"));
    }
  }

  @Test
  void madeUpTokenIsUnknown() {
    refresh(Server.plain(), "guess")
        .then()
        .statusCode(401)
        .body("errcode", equalTo("M_UNKNOWN_TOKEN"));
    Server.plain()
        .anonymously()
        .post("/v3/refresh", "{}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_MISSING_PARAM"));
  }

  @Test
  void accessTokenIsNoRefreshTokenAndTheOtherWayRound() {
    Server server = Server.plain();
    Response login = login(server.register("alice"));
    refresh(server, login.path("access_token")).then().statusCode(401);
    whoami(server, login.path("refresh_token")).then().statusCode(401);
  }

  @Test
  void loggingOutEndsTheRefreshTokenToo() {
    Server server = Server.plain();
    Response login = login(server.register("alice"));
    Http session = server.withToken(login.path("access_token"));
    session.post("/v3/logout", "{}").then().statusCode(200);
    refresh(server, login.path("refresh_token")).then().statusCode(401);
  }

  @Test
  void expiredTokenIsSoftlyLoggedOut() {
    try (Server server = Server.start(Map.of("SOTTO_TOKENS_ACCESS_LIFETIME", "1s"))) {
      Response login = login(server.register("alice"));
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> whoami(server, login.path("access_token")).statusCode() == 401);
      whoami(server, login.path("access_token"))
          .then()
          .body("errcode", equalTo("M_UNKNOWN_TOKEN"))
          .body("soft_logout", equalTo(true));
      Response renewed = refresh(server, login.path("refresh_token"));
      renewed.then().statusCode(200);
      whoami(server, renewed.path("access_token")).then().statusCode(200);
    }
  }

  @Test
  void tokensSurviveKillOfTheServer() {
    try (Server server = Server.start(Map.of())) {
      Response login = login(server.register("alice"));
      server.kill();
      server.startAgain();
      whoami(server, login.path("access_token")).then().statusCode(200);
      refresh(server, login.path("refresh_token")).then().statusCode(200);
    }
  }
}
