package dev.sotto.spec;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;

import dev.sotto.spec.harness.Http;
import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.response.Response;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#legacy-login
class LoginTest {
  private final Http anybody = Server.plain().anonymously();
  private final User alice = Server.plain().register("alice");

  private Response login(String more) {
    return anybody.post("/v3/login", "{\"type\": \"m.login.password\"," + more + "}");
  }

  private Response loginAs(String user, String password) {
    return login(
        """
        "identifier": {"type": "m.id.user", "user": "%s"}, "password": "%s"
        """
            .formatted(user, password));
  }

  @Test
  void flowsArePasswordAndToken() {
    anybody
        .get("/v3/login")
        .then()
        .statusCode(200)
        .body("flows.type", hasItems("m.login.password", "m.login.token"))
        .body("flows.find { it.type == 'm.login.token' }.get_login_token", equalTo(true));
  }

  @Test
  void passwordOpensSessionOnNewDevice() {
    Response login = loginAs(alice.localpart(), alice.password());
    login
        .then()
        .statusCode(200)
        .body("user_id", equalTo(alice.id()))
        .body("device_id", not(equalTo(alice.deviceId())))
        .body("$", not(hasKey("refresh_token")))
        .body("$", not(hasKey("expires_in_ms")));
    Server.plain()
        .withToken(login.path("access_token"))
        .get("/v3/account/whoami")
        .then()
        .statusCode(200)
        .body("user_id", equalTo(alice.id()))
        .body("device_id", equalTo(login.path("device_id")))
        .body("is_guest", equalTo(false));
  }

  @Test
  void userMayBeNamedByFullIdByLocalpartInAnyCaseAndTheOldWay() {
    loginAs(alice.id(), alice.password()).then().statusCode(200);
    loginAs(alice.localpart().toUpperCase(Locale.ROOT), alice.password()).then().statusCode(200);
    login("\"user\": \"%s\", \"password\": \"%s\"".formatted(alice.id(), alice.password()))
        .then()
        .statusCode(200)
        .body("user_id", equalTo(alice.id()));
  }

  @Test
  void givenDeviceIsTakenAndItsEarlierTokenEnds() {
    Response again =
        login(
            """
            "identifier": {"type": "m.id.user", "user": "%s"}, "password": "%s",
            "device_id": "%s", "initial_device_display_name": "not new"
            """
                .formatted(alice.id(), alice.password(), alice.deviceId()));
    again.then().statusCode(200).body("device_id", equalTo(alice.deviceId()));
    alice
        .get("/v3/account/whoami")
        .then()
        .statusCode(401)
        .body("errcode", equalTo("M_UNKNOWN_TOKEN"))
        .body("$", not(hasKey("soft_logout")));
    Server.plain()
        .withToken(again.path("access_token"))
        .get("/v3/devices/" + alice.deviceId())
        .then()
        .body("$", not(hasKey("display_name")));
  }

  @Test
  void newDeviceIsCalledAsAsked() {
    Response login =
        login(
            """
            "identifier": {"type": "m.id.user", "user": "%s"}, "password": "%s",
            "device_id": "TEAPOT", "initial_device_display_name": "My teapot"
            """
                .formatted(alice.id(), alice.password()));
    login.then().statusCode(200).body("device_id", equalTo("TEAPOT"));
    alice.get("/v3/devices/TEAPOT").then().body("display_name", equalTo("My teapot"));
  }

  @Test
  void wrongPasswordAndUnknownUserAreToldNothingApart() {
    Response wrong = loginAs(alice.localpart(), "wrong");
    Response nobody = loginAs("nobody", "wrong");
    wrong.then().statusCode(403).body("errcode", equalTo("M_FORBIDDEN"));
    nobody.then().statusCode(403).body("errcode", equalTo("M_FORBIDDEN"));
    assertThat(nobody.asString(), equalTo(wrong.asString()));
    for (String other : new String[] {"@alice:elsewhere.org", "@", "@:", "not a name", ""}) {
      loginAs(other, "wrong").then().statusCode(403).body("errcode", equalTo("M_FORBIDDEN"));
    }
  }

  @Test
  void mailAddressAndTelephoneNumberAreNobodys() {
    login(
            """
            "identifier": {"type": "m.id.thirdparty", "medium": "email", "address": "a@b.org"},
            "password": "x"
            """)
        .then()
        .statusCode(403)
        .body("errcode", equalTo("M_FORBIDDEN"));
    login(
            """
            "identifier": {"type": "m.id.phone", "country": "GB", "phone": "1"}, "password": "x"
            """)
        .then()
        .statusCode(403);
  }

  @Test
  void unknownTypeIsRefused() {
    anybody
        .post("/v3/login", "{\"type\": \"m.login.telepathy\"}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_UNKNOWN"))
        .body("error", containsString("m.login.telepathy"));
  }

  @Test
  void whatIsMissingIsNamed() {
    anybody.post("/v3/login", "{}").then().statusCode(400).body("error", containsString("type"));
    login("\"password\": \"x\"").then().statusCode(400).body("errcode", equalTo("M_MISSING_PARAM"));
    login("\"identifier\": {\"type\": \"m.id.user\", \"user\": \"alice\"}")
        .then()
        .statusCode(400)
        .body("error", containsString("password"));
  }

  @Test
  void expiredTokenBesideThePasswordDoesNotHinder() {
    Server.plain()
        .withToken("sotto_at_expired")
        .post(
            "/v3/login",
            """
            {
              "type": "m.login.password",
              "identifier": {"type": "m.id.user", "user": "%s"},
              "password": "%s"
            }
            """
                .formatted(alice.id(), alice.password()))
        .then()
        .statusCode(200);
  }

  @Test
  void loginTokenOpensOneSessionOnAnotherDevice() {
    alice
        .post("/v1/login/get_token", "{}")
        .then()
        .statusCode(401)
        .body("flows[0].stages", equalTo(List.of("m.login.password")))
        .body("session", notNullValue());
    Response made =
        alice.post(
            "/v1/login/get_token",
            """
            {"auth": {"type": "m.login.password", "password": "%s"}}
            """
                .formatted(alice.password()));
    made.then().statusCode(200).body("expires_in_ms", equalTo(120_000));
    String body =
        "{\"type\": \"m.login.token\", \"token\": \"%s\"}"
            .formatted(made.<String>path("login_token"));
    anybody.post("/v3/login", body).then().statusCode(200).body("user_id", equalTo(alice.id()));
    anybody.post("/v3/login", body).then().statusCode(403).body("errcode", equalTo("M_FORBIDDEN"));
    Server.plain()
        .withToken(made.path("login_token"))
        .get("/v3/account/whoami")
        .then()
        .statusCode(401);
  }

  @Test
  void madeUpLoginTokenIsRefused() {
    anybody
        .post("/v3/login", "{\"type\": \"m.login.token\", \"token\": \"guess\"}")
        .then()
        .statusCode(403)
        .body("errcode", equalTo("M_FORBIDDEN"));
  }

  @Test
  void guesserIsToldToWait() {
    try (Server shipped = Server.start(Map.of("SOTTO_LIMITS_ENABLED", "true"))) {
      Http guesser = shipped.anonymously();
      String body =
          """
          {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": "somebody"},
            "password": "guess"
          }
          """;
      Set<Integer> seen = new HashSet<>();
      for (int i = 0; i < 15; i++) {
        Response answer = guesser.post("/v3/login", body);
        if (answer.statusCode() == 429) {
          answer
              .then()
              .body("errcode", equalTo("M_LIMIT_EXCEEDED"))
              .body("retry_after_ms", notNullValue())
              .header("Retry-After", notNullValue());
        }
        seen.add(answer.statusCode());
      }
      assertThat(seen, hasItem(403));
      assertThat(seen, hasItem(429));
    }
  }
}
