package dev.sotto.spec;

import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.response.Response;
import java.util.List;
import org.junit.jupiter.api.Test;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#device-management
class DeviceManagementTest {
  private final User alice = Server.plain().register("alice");

  private String auth(String session, String password) {
    return """
    "auth": {
      "type": "m.login.password", "session": "%s", "password": "%s",
      "identifier": {"type": "m.id.user", "user": "%s"}
    }
    """
        .formatted(session, password, alice.localpart());
  }

  @Test
  void devicesSayWhenAndWhereTheyWereSeen() {
    alice.get("/v3/account/whoami").then().statusCode(200);
    // Sightings are written without being waited for; a change that is waited for comes after.
    alice.put("/v3/devices/" + alice.deviceId(), "{\"display_name\": \"phone\"}");
    alice
        .get("/v3/devices/" + alice.deviceId())
        .then()
        .statusCode(200)
        .body("device_id", equalTo(alice.deviceId()))
        .body("display_name", equalTo("phone"))
        .body("last_seen_ip", equalTo("127.0.0.1"))
        .body("last_seen_ts", greaterThan(1_700_000_000_000L));
  }

  @Test
  void devicesAreListedAndOthersDevicesAreNot() {
    User other = alice.onAnotherDevice();
    User bob = Server.plain().register("bob");
    alice
        .get("/v3/devices")
        .then()
        .statusCode(200)
        .body("devices.device_id", containsInAnyOrder(alice.deviceId(), other.deviceId()));
    alice
        .get("/v3/devices/" + bob.deviceId())
        .then()
        .statusCode(404)
        .body("errcode", equalTo("M_NOT_FOUND"));
  }

  @Test
  void nameIsKeptWhereNoneIsGiven() {
    String device = "/v3/devices/" + alice.deviceId();
    alice.put(device, "{\"display_name\": \"phone\"}").then().statusCode(200);
    alice.put(device, "{}").then().statusCode(200);
    alice.get(device).then().body("display_name", equalTo("phone"));
  }

  @Test
  void unknownDeviceCannotBeNamed() {
    alice
        .put("/v3/devices/NONE", "{\"display_name\": \"x\"}")
        .then()
        .statusCode(404)
        .body("errcode", equalTo("M_NOT_FOUND"));
  }

  @Test
  void longNameIsRefused() {
    alice
        .put("/v3/devices/" + alice.deviceId(), "{\"display_name\": \"" + "x".repeat(101) + "\"}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_TOO_LARGE"));
  }

  @Test
  void deletingNeedsThePasswordInTheSameSession() {
    User other = alice.onAnotherDevice();
    String device = "/v3/devices/" + other.deviceId();
    Response asked = alice.delete(device, "{}");
    asked
        .then()
        .statusCode(401)
        .body("flows.stages", equalTo(List.of(List.of("m.login.password"))))
        .body("session", notNullValue());
    String session = asked.path("session");

    alice
        .delete(device, "{" + auth(session, "wrong") + "}")
        .then()
        .statusCode(401)
        .body("errcode", equalTo("M_FORBIDDEN"))
        .body("session", equalTo(session))
        .body("flows", hasSize(1));
    other.get("/v3/account/whoami").then().statusCode(200);

    alice.delete(device, "{" + auth(session, alice.password()) + "}").then().statusCode(200);
    other.get("/v3/account/whoami").then().statusCode(401);
    alice.get(device).then().statusCode(404);
    alice.delete(device, "{" + auth(session, alice.password()) + "}").then().statusCode(200);
  }

  @Test
  void deletingNeedsNoBodyToBeAsked() {
    alice.delete("/v3/devices/" + alice.deviceId()).then().statusCode(401);
  }

  @Test
  void sessionForOneDeviceDoesNotDeleteAnother() {
    User other = alice.onAnotherDevice();
    String session =
        alice.delete("/v3/devices/" + other.deviceId(), "{}").then().extract().path("session");
    alice
        .delete("/v3/devices/" + alice.deviceId(), "{" + auth(session, alice.password()) + "}")
        .then()
        .statusCode(403)
        .body("errcode", equalTo("M_FORBIDDEN"));
    alice.get("/v3/account/whoami").then().statusCode(200);
  }

  @Test
  void passwordOfSomebodyElseDoesNotDelete() {
    User bob = Server.plain().register("bob");
    alice
        .delete(
            "/v3/devices/" + alice.deviceId(),
            """
            {
              "auth": {
                "type": "m.login.password", "password": "%s",
                "identifier": {"type": "m.id.user", "user": "%s"}
              }
            }
            """
                .formatted(bob.password(), bob.id()))
        .then()
        .statusCode(401)
        .body("errcode", equalTo("M_FORBIDDEN"));
  }

  @Test
  void dummyStageDoesNotDelete() {
    alice
        .delete("/v3/devices/" + alice.deviceId(), "{\"auth\": {\"type\": \"m.login.dummy\"}}")
        .then()
        .statusCode(401)
        .body("errcode", equalTo("M_UNRECOGNIZED"))
        .body("session", notNullValue());
  }

  /// As Cinny does: the password comes with the first request, and no session.
  @Test
  void passwordMayComeBeforeItIsAskedFor() {
    User second = alice.onAnotherDevice();
    User third = alice.onAnotherDevice();
    alice
        .post(
            "/v3/delete_devices",
            """
            {
              "devices": ["%s", "%s", "NEVER_WAS"],
              "auth": {"type": "m.login.password", "password": "%s"}
            }
            """
                .formatted(second.deviceId(), third.deviceId(), alice.password()))
        .then()
        .statusCode(200);
    second.get("/v3/account/whoami").then().statusCode(401);
    third.get("/v3/account/whoami").then().statusCode(401);
    alice.get("/v3/devices").then().body("devices", hasSize(1));
  }

  @Test
  void strangeIdsAreAnsweredWithoutFailure() {
    alice.get(path("/v3/devices/{}", "ü/ö ?%")).then().statusCode(404);
    alice
        .get("/v3/devices/" + "x".repeat(300))
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_INVALID_PARAM"));
    alice
        .post("/v3/delete_devices", "{\"devices\": [5]}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_BAD_JSON"));
    alice
        .post("/v3/delete_devices", "{}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_MISSING_PARAM"));
  }
}
