package dev.sotto.spec;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.matchesPattern;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.spec.harness.Http;
import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever is sent where accounts are dealt with, the server says what is wrong with it and does
/// not fail.
class BadAccountInputTest {
  private static final User ALICE = Server.plain().register("alice");

  private static final List<String> WITH_BODY =
      List.of(
          "POST /v3/login",
          "POST /v3/register",
          "POST /v3/refresh",
          "POST /v3/account/password",
          "POST /v3/account/deactivate",
          "POST /v3/delete_devices",
          "POST /v1/login/get_token",
          "PUT /v3/devices/X",
          "DELETE /v3/devices/X",
          "POST /_synapse/admin/v1/register");

  private static final List<byte[]> BODIES =
      Stream.of(
              "{",
              "[]",
              "\"text\"",
              "5",
              "null",
              "{} {}",
              "{'type': 'x'}",
              "{\"auth\": 5}",
              "{\"auth\": []}",
              "{\"auth\": {\"type\": 5}}",
              "{\"auth\": {\"type\": \"m.login.password\", \"identifier\": \"alice\"}}",
              "{\"auth\": {\"type\": \"m.login.password\", \"password\": {}}}",
              "{\"auth\": {\"session\": [\"x\"]}}",
              "{\"auth\": {\"type\": \"m.login.password\", \"session\": \"\\u0000\"}}",
              "{\"type\": {}, \"username\": {}, \"refresh_token\": {}, \"devices\": {}}",
              "{\"type\": \"m.login.password\", \"user\": {}, \"new_password\": 5, \"nonce\": 1}",
              "{\"type\": 1e400, \"devices\": \"x\", \"erase\": \"yes\", \"display_name\": 1}",
              "{\"a\": 1, \"a\": 2}",
              "[".repeat(3000),
              "{\"a\":".repeat(3000),
              "{\"auth\": " + "[".repeat(500) + "]".repeat(500) + "}")
          .map(text -> text.getBytes(StandardCharsets.UTF_8))
          .toList();

  private static final byte[] NOT_UTF_8 = {'{', '"', (byte) 0xFF, (byte) 0xFE, '"', ':', '1', '}'};

  static Stream<Arguments> requestsWithBadBodies() {
    return WITH_BODY.stream()
        .flatMap(
            request ->
                Stream.concat(BODIES.stream(), Stream.of(NOT_UTF_8))
                    .map(body -> Arguments.of(request, body)));
  }

  @ParameterizedTest
  @MethodSource("requestsWithBadBodies")
  void badBodyIsRefusedInTheFormOfTheSpecification(String request, byte[] body) {
    String[] parts = request.split(" ");
    Response answer =
        ALICE
            .request()
            .contentType("application/json")
            .body(body)
            .request(parts[0], Http.full(parts[1]));
    int status = answer.statusCode();
    assertTrue(status >= 400 && status < 500, "status " + status);
    if (status == 401) {
      // Asked to authenticate: what was wrong stood where nothing is read yet.
      assertThat(answer.jsonPath().getMap("$"), hasKey("flows"));
    } else {
      assertThat(answer.path("errcode"), matchesPattern("M_[A-Z_]+"));
      assertThat(answer.jsonPath().getMap("$"), hasKey("error"));
    }
  }

  @ParameterizedTest
  @MethodSource("garbageTokens")
  void garbageTokenIsUnknown(String token) {
    Server.plain()
        .anonymously()
        .request()
        .header("Authorization", "Bearer " + token)
        .get("/_matrix/client/v3/account/whoami")
        .then()
        .statusCode(401)
        .body("errcode", matchesPattern("M_UNKNOWN_TOKEN|M_MISSING_TOKEN"));
  }

  static Stream<String> garbageTokens() {
    return Stream.of("x", "", " ", "sotto_at_", "'; DROP TABLE accounts", "x".repeat(8000));
  }

  @Test
  void accountIsUnharmed() {
    ALICE.get("/v3/account/whoami").then().statusCode(200);
  }
}
