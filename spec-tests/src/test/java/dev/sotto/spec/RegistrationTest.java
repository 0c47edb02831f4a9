package dev.sotto.spec;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;

import dev.sotto.spec.harness.Http;
import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.response.Response;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#legacy-account-registration
class RegistrationTest {
  private static final String DUMMY = "\"auth\": {\"type\": \"m.login.dummy\"}";

  private final Server server = Server.plain();
  private final Http anybody = server.anonymously();

  /// A name that no other test takes.
  private String freeName() {
    return server.register("namesake").localpart() + "x";
  }

  @Test
  void emptyRequestAsksForOneOfTheFlows() {
    anybody
        .post("/v3/register", "{}")
        .then()
        .statusCode(401)
        .body("flows[0].stages", equalTo(List.of("m.login.dummy")))
        .body("params", notNullValue())
        .body("session", matchesPattern("[A-Za-z0-9._~-]+"))
        .body("$", not(hasKey("errcode")));
  }

  @Test
  void accountIsMadeInTwoSteps() {
    String name = freeName();
    String body = "{\"username\": \"%s\", \"password\": \"secret\"%s}";
    String session =
        anybody
            .post("/v3/register", body.formatted(name, ""))
            .then()
            .statusCode(401)
            .extract()
            .path("session");
    String auth = ", \"auth\": {\"type\": \"m.login.dummy\", \"session\": \"" + session + "\"}";
    anybody
        .post("/v3/register", body.formatted(name, auth))
        .then()
        .statusCode(200)
        .body("user_id", equalTo("@" + name + ":localhost"))
        .body("access_token", notNullValue())
        .body("device_id", notNullValue())
        .body("$", not(hasKey("refresh_token")));
  }

  @Test
  void accountIsMadeInOneRequestWithEverythingInIt() {
    String name = freeName();
    anybody
        .post(
            "/v3/register?kind=user",
            """
            {
              "username": "%s", "password": "secret", "device_id": "KETTLE",
              "initial_device_display_name": "My kettle", "refresh_token": true, %s
            }
            """
                .formatted(name, DUMMY))
        .then()
        .statusCode(200)
        .body("device_id", equalTo("KETTLE"))
        .body("refresh_token", notNullValue())
        .body("expires_in_ms", equalTo(3_600_000));
  }

  @Test
  void inhibitedLoginGivesNoToken() {
    String name = freeName();
    anybody
        .post(
            "/v3/register",
            "{\"username\": \"%s\", \"password\": \"x\", \"inhibit_login\": true, %s}"
                .formatted(name, DUMMY))
        .then()
        .statusCode(200)
        .body("user_id", equalTo("@" + name + ":localhost"))
        .body("$", not(hasKey("access_token")))
        .body("$", not(hasKey("device_id")));
  }

  @Test
  void nameIsMadeUpWhereNoneIsGiven() {
    anybody
        .post("/v3/register", "{\"password\": \"x\", " + DUMMY + "}")
        .then()
        .statusCode(200)
        .body("user_id", matchesPattern("@[a-z0-9._=/+-]+:localhost"));
  }

  @Test
  void capitalsAreMadeSmall() {
    String name = freeName();
    anybody
        .post(
            "/v3/register",
            "{\"username\": \"%s\", \"password\": \"x\", %s}".formatted("UPPER" + name, DUMMY))
        .then()
        .statusCode(200)
        .body("user_id", equalTo("@upper" + name + ":localhost"));
  }

  @Test
  void takenNameIsRefusedBeforeAnyAuthentication() {
    User alice = server.register("alice");
    anybody
        .post("/v3/register", "{\"username\": \"" + alice.localpart() + "\"}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_USER_IN_USE"));
    anybody
        .get("/v3/register/available?username=" + alice.localpart())
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_USER_IN_USE"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a!b", "a b", "@alice:localhost", "ä", "a:b", "", "a#", "\\u0000"})
  void nameOfOtherCharactersIsInvalid(String name) {
    anybody
        .post("/v3/register", "{\"username\": \"" + name + "\", \"password\": \"x\"}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_INVALID_USERNAME"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"q", "3", ".", "_", "=", "-", "/", "+"})
  void nameOfTheseCharactersIsTaken(String character) {
    String name = freeName() + character + "x";
    anybody
        .post(
            "/v3/register",
            "{\"username\": \"%s\", \"password\": \"x\", %s}".formatted(name, DUMMY))
        .then()
        .statusCode(200)
        .body("user_id", equalTo("@" + name + ":localhost"));
  }

  @Test
  void longNameIsInvalid() {
    anybody
        .post("/v3/register", "{\"username\": \"" + "a".repeat(250) + "\"}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_INVALID_USERNAME"));
  }

  @Test
  void freeNameIsAvailableAndOthersAreNot() {
    anybody
        .get("/v3/register/available?username=" + freeName())
        .then()
        .statusCode(200)
        .body("available", equalTo(true));
    anybody
        .get("/v3/register/available?username=a,b")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_INVALID_USERNAME"));
    anybody
        .get("/v3/register/available")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_MISSING_PARAM"));
  }

  @Test
  void guestComesInWithoutPassword() {
    Response guest =
        anybody.post("/v3/register?kind=guest", "{\"device_id\": \"MINE\", \"username\": \"me\"}");
    guest
        .then()
        .statusCode(200)
        .body("user_id", not(equalTo("@me:localhost")))
        .body("device_id", not(equalTo("MINE")));
    Http as = server.withToken(guest.path("access_token"));
    as.get("/v3/account/whoami").then().statusCode(200).body("is_guest", equalTo(true));
    as.post("/v3/createRoom", "{}")
        .then()
        .statusCode(403)
        .body("errcode", equalTo("M_GUEST_ACCESS_FORBIDDEN"));
  }

  @Test
  void unknownKindIsRefused() {
    anybody
        .post("/v3/register?kind=martian", "{}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_INVALID_PARAM"));
  }

  @Test
  void addressesAreNotTaken() {
    for (String medium : new String[] {"email", "msisdn"}) {
      anybody
          .post("/v3/register/" + medium + "/requestToken", "{}")
          .then()
          .statusCode(403)
          .body("errcode", equalTo("M_THREEPID_DENIED"));
    }
  }

  @Test
  void weakPasswordIsRefusedWhereOneMustBeLong() {
    try (Server shipped = Server.start(Map.of("SOTTO_PASSWORDS_MIN_LENGTH", "8"))) {
      shipped
          .anonymously()
          .post("/v3/register", "{\"username\": \"a\", \"password\": \"seven 7\", " + DUMMY + "}")
          .then()
          .statusCode(400)
          .body("errcode", equalTo("M_WEAK_PASSWORD"));
    }
  }

  @Test
  void closedServerTakesNobody() {
    try (Server closed =
        Server.start(
            Map.of("SOTTO_REGISTRATION_MODE", "closed", "SOTTO_REGISTRATION_GUESTS", "false"))) {
      Http there = closed.anonymously();
      there
          .post("/v3/register", "{\"username\": \"a\", \"password\": \"x\", " + DUMMY + "}")
          .then()
          .statusCode(403)
          .body("errcode", equalTo("M_FORBIDDEN"));
      there
          .post("/v3/register?kind=guest", "{}")
          .then()
          .statusCode(403)
          .body("errcode", equalTo("M_GUEST_ACCESS_FORBIDDEN"));
      there
          .get("/v1/register/m.login.registration_token/validity?token=x")
          .then()
          .statusCode(403)
          .body("errcode", equalTo("M_FORBIDDEN"));
    }
  }

  /// The way of a new server, as it is shipped: the printed token, an administrator, and tokens
  /// that the administrator makes for others. Sign-up pages ask for the flows all the time; that
  /// must not use up the rate limit.
  @Test
  void newServersFirstAccountAdministersItAndLetsOthersIn() {
    try (Server shipped = Server.asShipped()) {
      Http there = shipped.anonymously();
      for (int i = 0; i < 30; i++) {
        there
            .post("/v3/register", "{}")
            .then()
            .statusCode(401)
            .body("flows[0].stages", equalTo(List.of("m.login.registration_token")));
      }
      String first = shipped.registrationToken();
      validity(there, first).then().statusCode(200).body("valid", equalTo(true));
      register(there, "first", "guess")
          .then()
          .statusCode(401)
          .body("errcode", equalTo("M_UNAUTHORIZED"));
      Response admin = register(there, "first", first);
      admin.then().statusCode(200);
      register(there, "second", first).then().statusCode(401);

      String body = "{\"uses_allowed\": 1}";
      String path = "/_synapse/admin/v1/registration_tokens/new";
      String invitation =
          shipped
              .withToken(admin.path("access_token"))
              .post(path, body)
              .then()
              .statusCode(200)
              .extract()
              .path("token");
      Response second = register(there, "second", invitation);
      second.then().statusCode(200);
      shipped
          .withToken(second.path("access_token"))
          .post(path, body)
          .then()
          .statusCode(403)
          .body("errcode", equalTo("M_FORBIDDEN"));

      shipped.stop();
      shipped.startAgain();
      assertThat(shipped.greeting(), not(containsString(first)));
      shipped
          .withToken(second.path("access_token"))
          .get("/v3/account/whoami")
          .then()
          .statusCode(200);
    }
  }

  private static Response validity(Http there, String token) {
    return there.get("/v1/register/m.login.registration_token/validity?token=" + token);
  }

  private static Response register(Http there, String name, String token) {
    return there.post(
        "/v3/register",
        """
        {
          "username": "%s", "password": "a good password",
          "auth": {"type": "m.login.registration_token", "token": "%s"}
        }
        """
            .formatted(name, token));
  }
}
