package dev.sotto.spec;

import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasKey;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#server-administration
class ServerAdministrationTest {
  private static final String WHOIS = "/v3/admin/whois/{}";

  @Test
  void oneMayAskAboutOneself() {
    User alice = Server.plain().register("alice");
    User elsewhere = alice.onAnotherDevice();
    elsewhere.get("/v3/account/whoami").then().statusCode(200);
    alice
        .get(path(WHOIS, alice.id()))
        .then()
        .statusCode(200)
        .body("user_id", equalTo(alice.id()))
        .body("devices", aMapWithSize(2))
        .body("devices", hasKey(alice.deviceId()))
        .body(
            "devices." + elsewhere.deviceId() + ".sessions[0].connections[0].ip",
            equalTo("127.0.0.1"))
        .body(
            "devices." + elsewhere.deviceId() + ".sessions[0].connections[0].last_seen",
            greaterThan(1_000_000_000_000L));
  }

  @Test
  void othersMayNotAskButTheAdministratorMay() {
    User alice = Server.plain().register("alice");
    User bob = Server.plain().register("bob");
    bob.get(path(WHOIS, alice.id())).then().statusCode(403).body("errcode", equalTo("M_FORBIDDEN"));
    bob.get(path(WHOIS, "@nobody:localhost")).then().statusCode(403);
    bob.get(path(WHOIS, "bob")).then().statusCode(400).body("errcode", equalTo("M_INVALID_PARAM"));
    try (Server server = Server.start(Map.of("SOTTO_REGISTRATION_MODE", "token"))) {
      User root = server.registerAdministrator();
      root.get(path(WHOIS, root.id())).then().statusCode(200);
      root.get(path(WHOIS, "@nobody:localhost"))
          .then()
          .statusCode(404)
          .body("errcode", equalTo("M_NOT_FOUND"));
    }
  }
}
