package dev.sotto.spec;

import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;

import dev.sotto.spec.harness.Http;
import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.response.Response;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// Somebody guesses passwords and tokens. Behind a trusted proxy, so that a test has as many
/// addresses as it likes.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#rate-limiting
class GuessingTest {
  private static final int BURST = 4;
  private static final Server SERVER =
      Server.start(
          Map.of(
              "SOTTO_LIMITS_ENABLED", "true",
              "SOTTO_SERVER_TRUSTED_PROXIES", "127.0.0.1",
              "SOTTO_LIMITS_LOGIN_PER_SECOND", "0.001",
              "SOTTO_LIMITS_LOGIN_BURST", Integer.toString(BURST),
              "SOTTO_LIMITS_REGISTRATION_PER_SECOND", "1000",
              "SOTTO_LIMITS_REGISTRATION_BURST", "1000"));

  private static int addresses;

  private final Http anybody = SERVER.anonymously();
  private final User alice = SERVER.register("alice");

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  private static String anAddress() {
    addresses++;
    return "198.51.100." + addresses;
  }

  private static Response post(Http as, String address, String path, String body) {
    return as.request()
        .header("X-Forwarded-For", address)
        .contentType("application/json")
        .body(body)
        .post(Http.full(path));
  }

  private Response change(Http as, String address, String user, String password) {
    return post(
        as,
        address,
        "/v3/account/password",
        """
        {
          "new_password": "another long password",
          "auth": {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": "%s"},
            "password": "%s"
          }
        }
        """
            .formatted(user, password));
  }

  private Response login(String address, String password) {
    return post(
        anybody,
        address,
        "/v3/login",
        """
        {
          "type": "m.login.password",
          "identifier": {"type": "m.id.user", "user": "%s"},
          "password": "%s"
        }
        """
            .formatted(alice.id(), password));
  }

  private static void assertLimited(Response answer) {
    answer
        .then()
        .statusCode(429)
        .body("errcode", equalTo("M_LIMIT_EXCEEDED"))
        .body("retry_after_ms", greaterThan(0));
  }

  @Test
  void onePasswordCannotBeTriedOnManyAccountsFromOneAddress() {
    String address = anAddress();
    for (int i = 0; i < BURST; i++) {
      change(anybody, address, "somebody" + i, "123456").then().statusCode(401);
    }
    assertLimited(change(anybody, address, "somebody else", "123456"));
    assertLimited(login(address, alice.password()));
  }

  @Test
  void networkOfIpv6IsOneAddress() {
    for (int i = 0; i < BURST; i++) {
      change(anybody, "2001:db8:1:2::" + i, "somebody" + i, "123456").then().statusCode(401);
    }
    assertLimited(change(anybody, "2001:db8:1:2:ffff::1", "somebody else", "123456"));
    change(anybody, "2001:db8:1:3::1", "somebody else", "123456").then().statusCode(401);
  }

  @Test
  void oneAccountCannotBeTriedFromManyAddressesByAnyWay() {
    for (int i = 0; i < BURST / 2; i++) {
      change(anybody, anAddress(), alice.id(), "123456").then().statusCode(401);
      login(anAddress(), "123456").then().statusCode(403);
    }
    assertLimited(change(anybody, anAddress(), alice.id(), "123456"));
    assertLimited(login(anAddress(), "123456"));
  }

  @Test
  void ownersAreNotLockedOutByStrangers() {
    String home = anAddress();
    login(home, alice.password()).then().statusCode(200);
    for (int i = 0; i < BURST; i++) {
      login(anAddress(), "123456");
    }
    assertLimited(login(anAddress(), alice.password()));
    login(home, alice.password()).then().statusCode(200);
    change(alice, anAddress(), alice.id(), alice.password()).then().statusCode(200);
  }

  @Test
  void stolenTokenDoesNotHelpToGuessThePassword() {
    Http stolen = SERVER.withToken(login(anAddress(), alice.password()).path("access_token"));
    for (int i = 0; i < BURST; i++) {
      change(stolen, anAddress(), alice.id(), "123456").then().statusCode(401);
    }
    assertLimited(change(stolen, anAddress(), alice.id(), "123456"));
    change(alice, anAddress(), alice.id(), alice.password()).then().statusCode(200);
  }
}
