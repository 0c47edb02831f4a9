package dev.sotto.spec;

import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3logout
class LogoutTest {
  private final User alice = Server.plain().register("alice");

  private static void assertLoggedOut(User user) {
    user.get("/v3/account/whoami")
        .then()
        .statusCode(401)
        .body("errcode", equalTo("M_UNKNOWN_TOKEN"));
  }

  @Test
  void logoutEndsTheSessionAndItsDeviceOnly() {
    User other = alice.onAnotherDevice();
    alice.post("/v3/logout", "{}").then().statusCode(200).body("$", equalTo(Map.of()));
    assertLoggedOut(alice);
    other
        .get("/v3/devices")
        .then()
        .statusCode(200)
        .body("devices", hasSize(1))
        .body("devices[0].device_id", equalTo(other.deviceId()));
  }

  @Test
  void logoutNeedsNoBody() {
    alice.request().post("/_matrix/client/v3/logout").then().statusCode(200);
    assertLoggedOut(alice);
  }

  @Test
  void logoutAllEndsEverySession() {
    User other = alice.onAnotherDevice();
    other.post("/v3/logout/all", "{}").then().statusCode(200);
    assertLoggedOut(alice);
    assertLoggedOut(other);
    alice.onAnotherDevice().get("/v3/devices").then().body("devices", hasSize(1));
  }

  @Test
  void tokenIsNeeded() {
    for (String path : new String[] {"/v3/logout", "/v3/logout/all"}) {
      Server.plain()
          .anonymously()
          .post(path, "{}")
          .then()
          .statusCode(401)
          .body("errcode", equalTo("M_MISSING_TOKEN"));
    }
    Server.plain()
        .anonymously()
        .get("/v3/account/whoami")
        .then()
        .statusCode(401)
        .body("errcode", equalTo("M_MISSING_TOKEN"));
  }
}
