package dev.sotto.spec;

import static org.hamcrest.Matchers.equalTo;

import dev.sotto.spec.harness.Http;
import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.response.Response;
import org.junit.jupiter.api.Test;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#password-management
class PasswordManagementTest {
  private static final String NEW = "another password";

  private final User alice = Server.plain().register("alice");

  private Response change(Http as, String more) {
    return as.post(
        "/v3/account/password",
        """
        {
          "new_password": "%s" %s,
          "auth": {
            "type": "m.login.password", "password": "%s",
            "identifier": {"type": "m.id.user", "user": "%s"}
          }
        }
        """
            .formatted(NEW, more, alice.password(), alice.id()));
  }

  private Response login(String password) {
    return Server.plain()
        .anonymously()
        .post(
            "/v3/login",
            "{\"type\": \"m.login.password\", \"user\": \"%s\", \"password\": \"%s\"}"
                .formatted(alice.id(), password));
  }

  private static void assertStatus(int status, User user) {
    user.get("/v3/account/whoami").then().statusCode(status);
  }

  @Test
  void newPasswordTakesThePlaceOfTheOldOneAndEndsOtherSessions() {
    User other = alice.onAnotherDevice();
    alice
        .post("/v3/account/password", "{\"new_password\": \"" + NEW + "\"}")
        .then()
        .statusCode(401)
        .body("flows[0].stages[0]", equalTo("m.login.password"));
    change(alice, "").then().statusCode(200);
    login(alice.password()).then().statusCode(403);
    login(NEW).then().statusCode(200);
    assertStatus(200, alice);
    assertStatus(401, other);
  }

  @Test
  void otherSessionsMayStay() {
    User other = alice.onAnotherDevice();
    change(alice, ", \"logout_devices\": false").then().statusCode(200);
    assertStatus(200, alice);
    assertStatus(200, other);
  }

  @Test
  void passwordAloneIsEnoughWithoutSession() {
    change(Server.plain().anonymously(), "").then().statusCode(200);
    login(NEW).then().statusCode(200);
    assertStatus(401, alice);
  }

  @Test
  void wrongPasswordChangesNothing() {
    alice
        .post(
            "/v3/account/password",
            """
            {"new_password": "%s", "auth": {"type": "m.login.password", "password": "wrong"}}
            """
                .formatted(NEW))
        .then()
        .statusCode(401)
        .body("errcode", equalTo("M_FORBIDDEN"));
    login(alice.password()).then().statusCode(200);
  }

  @Test
  void passwordsAreTakenAsTheyAre() {
    String strange = "\\u00e4 \\\"quoted\\\" \\ud83d\\udc34  ";
    alice
        .post(
            "/v3/account/password",
            """
            {"new_password": "%s", "auth": {"type": "m.login.password", "password": "%s"}}
            """
                .formatted(strange, alice.password()))
        .then()
        .statusCode(200);
    login(strange).then().statusCode(200);
    login(strange.strip()).then().statusCode(403);
  }

  @Test
  void guestsHaveNoPassword() {
    Http guest =
        Server.plain()
            .withToken(
                Server.plain()
                    .anonymously()
                    .post("/v3/register?kind=guest", "{}")
                    .path("access_token"));
    guest
        .post("/v3/account/password", "{\"new_password\": \"x\"}")
        .then()
        .statusCode(403)
        .body("errcode", equalTo("M_GUEST_ACCESS_FORBIDDEN"));
  }

  @Test
  void longPasswordIsRefused() {
    alice
        .post("/v3/account/password", "{\"new_password\": \"" + "x".repeat(600) + "\"}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_INVALID_PARAM"));
  }
}
