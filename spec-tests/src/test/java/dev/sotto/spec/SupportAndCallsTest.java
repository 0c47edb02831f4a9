package dev.sotto.spec;

import static org.hamcrest.Matchers.anEmptyMap;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#voice-over-ip
/// @spec https://spec.matrix.org/v1.19/client-server-api/#getwell-knownmatrixsupport
class SupportAndCallsTest {
  @Test
  void serverWithoutTurnServerAndSupportNamesNone() {
    User alice = Server.plain().register("alice");
    alice.get("/v3/voip/turnServer").then().statusCode(200).body("", anEmptyMap());
    alice
        .get("/.well-known/matrix/support")
        .then()
        .statusCode(404)
        .body("errcode", equalTo("M_NOT_FOUND"));
  }

  @Test
  void ownerNamesATurnServerAndWhomToAsk() {
    Map<String, String> settings =
        Map.of(
            "SOTTO_TURN_URIS", "turn:turn.example.org?transport=udp,turns:turn.example.org",
            "SOTTO_TURN_SHARED_SECRET", "north",
            "SOTTO_TURN_LIFETIME", "2h",
            "SOTTO_SUPPORT_MATRIX_ID", "@admin:localhost",
            "SOTTO_SUPPORT_PAGE", "https://example.org/help");
    try (Server server = Server.start(settings)) {
      User alice = server.register("alice");
      alice
          .get("/v3/voip/turnServer")
          .then()
          .statusCode(200)
          .body("uris", contains("turn:turn.example.org?transport=udp", "turns:turn.example.org"))
          .body("ttl", equalTo(7200))
          .body("username", endsWith(":" + alice.id()))
          .body("password", not(emptyString()));
      server.anonymously().get("/v3/voip/turnServer").then().statusCode(401);
      server
          .anonymously()
          .get("/.well-known/matrix/support")
          .then()
          .statusCode(200)
          .body("support_page", equalTo("https://example.org/help"))
          .body("contacts.matrix_id", contains("@admin:localhost"))
          .body("contacts.role", contains("m.role.admin"));
    }
  }
}
