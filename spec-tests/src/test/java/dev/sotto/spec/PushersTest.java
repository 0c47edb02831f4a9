package dev.sotto.spec;

import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3pushers
class PushersTest {
  private static final String PUSHER =
      """
      {
        "kind": "http", "app_id": "org.example.app", "pushkey": "key", "lang": "en",
        "app_display_name": "App", "device_display_name": "Phone", "append": true,
        "data": {"url": "https://push.example.org/_matrix/push/v1/notify", "format": "event_id_only"}
      }
      """;

  private final User alice = Server.plain().register("alice");

  @Test
  void aPusherIsSetListedAndDeleted() {
    alice.get("/v3/pushers").then().statusCode(200).body("pushers", empty());
    alice.post("/v3/pushers/set", PUSHER).then().statusCode(200);
    alice.post("/v3/pushers/set", PUSHER.replace("Phone", "Tablet")).then().statusCode(200);
    alice
        .get("/v3/pushers")
        .then()
        .statusCode(200)
        .body("pushers", hasSize(1))
        .body("pushers[0].kind", equalTo("http"))
        .body("pushers[0].device_display_name", equalTo("Tablet"))
        .body("pushers[0].data.format", equalTo("event_id_only"));
    alice
        .post(
            "/v3/pushers/set",
            "{\"kind\": null, \"app_id\": \"org.example.app\", \"pushkey\": \"key\"}")
        .then()
        .statusCode(200);
    alice.get("/v3/pushers").then().body("pushers", empty());
  }

  @Test
  void aPusherGoesWithItsDevice() {
    User phone = alice.onAnotherDevice();
    phone.post("/v3/pushers/set", PUSHER).then().statusCode(200);
    alice.get("/v3/pushers").then().body("pushers", hasSize(1));
    phone.post("/v3/logout", "{}").then().statusCode(200);
    alice.get("/v3/pushers").then().body("pushers", empty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "kind": "http",              |                      | M_MISSING_PARAM
          "lang": "en",                |                      | M_MISSING_PARAM
          "pushkey": "key",            |                      | M_MISSING_PARAM
          "kind": "http"               | "kind": "carrier"    | M_INVALID_PARAM
          "kind": "http"               | "kind": 1            | M_BAD_JSON
          https://push.example.org/    | ftp://example.org/   | M_INVALID_PARAM
          /_matrix/push/v1/notify      | /elsewhere           | M_INVALID_PARAM
          "url"                        | "link"               | M_MISSING_PARAM
          """)
  void aPusherThatNothingCouldBeSentToIsRefused(String part, String other, String code) {
    alice
        .post("/v3/pushers/set", PUSHER.replace(part, other == null ? "" : other))
        .then()
        .statusCode(400)
        .body("errcode", equalTo(code));
  }
}
