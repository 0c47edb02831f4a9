package dev.sotto.spec;

import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.spec.harness.Server;
import io.restassured.response.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#api-versions
class VersionsTest {
  @Test
  void everyVersionThatClientsLookForIsNamed() {
    Server.plain()
        .anonymously()
        .get("/versions")
        .then()
        .statusCode(200)
        .contentType("application/json")
        .body("versions", hasItems("v1.1", "v1.11", "v1.13", "v1.19"));
  }

  @Test
  void blindServerTellsClientsThatEveryRoomIsEncrypted() {
    Server.blind()
        .anonymously()
        .get("/versions")
        .then()
        .body("unstable_features.'io.element.e2ee_forced.private'", equalTo(true))
        .body("unstable_features.'io.element.e2ee_forced.public'", equalTo(true));
    Server.plain()
        .anonymously()
        .get("/versions")
        .then()
        .body("unstable_features.'io.element.e2ee_forced.private'", equalTo(false));
  }

  @Test
  void proposalsThatClientsAskForAreNamed() {
    Server.plain()
        .anonymously()
        .get("/versions")
        .then()
        .body("unstable_features.'org.matrix.msc3814'", equalTo(true));
  }

  @Test
  void unknownEndpointIsUnrecognized() {
    Server.plain()
        .anonymously()
        .get("/v3/no_such_thing")
        .then()
        .statusCode(404)
        .body("errcode", equalTo("M_UNRECOGNIZED"));
  }

  @Test
  void wrongMethodIsUnrecognized() {
    Server.plain()
        .anonymously()
        .delete("/versions")
        .then()
        .statusCode(405)
        .header("Allow", "GET")
        .body("errcode", equalTo("M_UNRECOGNIZED"));
    Server.plain()
        .anonymously()
        .delete("/v3/login")
        .then()
        .statusCode(405)
        .header("Allow", "GET, POST");
  }

  @ParameterizedTest
  @CsvSource({
    "/_matrix/client/versions, 200",
    "/_matrix/client/v3/sync, 401",
    "/_matrix/client/v3/no_such_thing, 404",
    "/_matrix/client/v3/logout, 405"
  })
  void whoAsksForTheHeadersGetsThoseOfTheAnswer(String path, int status) {
    Response whole = Server.plain().anonymously().request().get(path);
    Response head = Server.plain().anonymously().request().head(path);
    assertEquals(status, whole.statusCode());
    assertEquals(status, head.statusCode());
    assertEquals(whole.header("Content-Length"), head.header("Content-Length"));
    assertEquals(whole.contentType(), head.contentType());
    assertEquals("", head.asString());
  }

  @Test
  void browsersMayAskFromAnyPage() {
    Server.plain()
        .anonymously()
        .request()
        .header("Origin", "https://app.example.org")
        .header("Access-Control-Request-Method", "GET")
        .options("/_matrix/client/versions")
        .then()
        .statusCode(204)
        .header("Access-Control-Allow-Origin", "*")
        .header("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, OPTIONS")
        .header(
            "Access-Control-Allow-Headers", "X-Requested-With, Content-Type, Authorization, Date");
  }
}
