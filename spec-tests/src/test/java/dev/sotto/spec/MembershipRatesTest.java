package dev.sotto.spec;

import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.response.Response;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// Invitations and the other memberships are limited by every way in which one can set them.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#rate-limiting
class MembershipRatesTest {
  private static final int BURST = 4;
  private static final Server SERVER =
      Server.start(
          Map.of(
              "SOTTO_LIMITS_ENABLED", "true",
              "SOTTO_LIMITS_REGISTRATION_PER_SECOND", "1000",
              "SOTTO_LIMITS_REGISTRATION_BURST", "1000",
              "SOTTO_LIMITS_INVITES_PER_SECOND", "0.001",
              "SOTTO_LIMITS_INVITES_BURST", Integer.toString(BURST),
              "SOTTO_LIMITS_MEMBERSHIPS_PER_SECOND", "0.001",
              "SOTTO_LIMITS_MEMBERSHIPS_BURST", Integer.toString(BURST)));

  private final User alice = SERVER.register("alice");
  private final User bob = SERVER.register("bob");

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  private static void assertLimited(Response answer) {
    answer
        .then()
        .statusCode(429)
        .body("errcode", equalTo("M_LIMIT_EXCEEDED"))
        .body("retry_after_ms", greaterThan(0));
  }

  private Response inviteAsState(String room, User target) {
    return alice.put(
        path("/v3/rooms/{}/state/m.room.member/{}", room, target.id()),
        "{\"membership\": \"invite\"}");
  }

  private Response createWith(int invitations) {
    StringBuilder invite = new StringBuilder();
    for (int i = 0; i < invitations; i++) {
      invite.append(i == 0 ? "" : ",").append('"').append(SERVER.register("guest").id());
      invite.append('"');
    }
    return alice.post("/v3/createRoom", "{\"invite\": [" + invite + "]}");
  }

  @Test
  void invitationsCountByWhicheverWayTheyAreSent() {
    String room = alice.createRoom();
    alice.invite(room, bob);
    inviteAsState(room, SERVER.register("carol")).then().statusCode(200);
    createWith(2).then().statusCode(200);
    assertLimited(inviteAsState(room, SERVER.register("dave")));
    assertLimited(createWith(1));
    assertLimited(
        alice.post(path("/v3/rooms/{}/invite", room), "{\"user_id\": \"" + bob.id() + "\"}"));
    createWith(0).then().statusCode(200);
  }

  @Test
  void moreInvitationsThanTheBurstTakeAFullBucket() {
    createWith(BURST + 2).then().statusCode(200);
    assertLimited(createWith(1));
  }

  @Test
  void roomCannotBeLeftAndOthersRemovedWithoutEnd() {
    String room = alice.createRoom("{\"preset\": \"public_chat\"}");
    String about = "{\"user_id\": \"" + bob.id() + "\"}";
    for (int i = 0; i < BURST / 2; i++) {
      alice.post(path("/v3/rooms/{}/ban", room), about).then().statusCode(200);
      alice.post(path("/v3/rooms/{}/unban", room), about).then().statusCode(200);
    }
    for (String act : new String[] {"ban", "unban", "kick", "leave"}) {
      assertLimited(alice.post(path("/v3/rooms/{}/{}", room, act), about));
    }
    assertLimited(
        alice.put(
            path("/v3/rooms/{}/state/m.room.member/{}", room, bob.id()),
            "{\"membership\": \"ban\"}"));
  }
}
