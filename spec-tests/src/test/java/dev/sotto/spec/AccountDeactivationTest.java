package dev.sotto.spec;

import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.Matchers.equalTo;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import org.junit.jupiter.api.Test;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#account-deactivation
class AccountDeactivationTest {
  private final User alice = Server.plain().register("alice");
  private final User bob = Server.plain().register("bob");

  private static void deactivate(User user) {
    user.post("/v3/account/deactivate", "{}").then().statusCode(401);
    user.post(
            "/v3/account/deactivate",
            """
            {
              "erase": true,
              "auth": {
                "type": "m.login.password", "password": "%s",
                "identifier": {"type": "m.id.user", "user": "%s"}
              }
            }
            """
                .formatted(user.password(), user.id()))
        .then()
        .statusCode(200)
        .body("id_server_unbind_result", equalTo("success"));
  }

  @Test
  void deactivatedAccountIsGoneAndItsNameStaysTaken() {
    User other = alice.onAnotherDevice();
    deactivate(alice);
    for (User session : new User[] {alice, other}) {
      session
          .get("/v3/account/whoami")
          .then()
          .statusCode(401)
          .body("errcode", equalTo("M_UNKNOWN_TOKEN"));
    }
    Server.plain()
        .anonymously()
        .post(
            "/v3/login",
            "{\"type\": \"m.login.password\", \"user\": \"%s\", \"password\": \"%s\"}"
                .formatted(alice.id(), alice.password()))
        .then()
        .statusCode(403);
    Server.plain()
        .anonymously()
        .get("/v3/register/available?username=" + alice.localpart())
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_USER_IN_USE"));
  }

  @Test
  void deactivatedAccountLeavesItsRoomsAndTurnsDownInvitations() {
    String room = bob.createRoomWith(alice);
    String other = bob.createRoom();
    bob.invite(other, alice);
    deactivate(alice);
    for (String left : new String[] {room, other}) {
      bob.get(path("/v3/rooms/{}/state/m.room.member/{}", left, alice.id()))
          .then()
          .statusCode(200)
          .body("membership", equalTo("leave"));
    }
  }

  @Test
  void wrongPasswordDeactivatesNothing() {
    alice
        .post(
            "/v3/account/deactivate",
            "{\"auth\": {\"type\": \"m.login.password\", \"password\": \"wrong\"}}")
        .then()
        .statusCode(401)
        .body("errcode", equalTo("M_FORBIDDEN"));
    alice.get("/v3/account/whoami").then().statusCode(200);
  }
}
