package dev.sotto.spec;

import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sotto.spec.harness.Http;
import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#reporting-content
class ReportingContentTest {
  private static final String REASON = "{\"reason\": \"it is rude\"}";

  private final User alice = Server.plain().register("alice");
  private final User bob = Server.plain().register("bob");

  private static void accept(Response report) {
    report.then().statusCode(200).body("size()", equalTo(0));
  }

  private static void refuse(Response report, int status, String code) {
    report.then().statusCode(status).body("errcode", equalTo(code));
  }

  private static JsonPath reports(Http admin) {
    return admin.get("/_sotto/admin/v1/reports").then().statusCode(200).extract().jsonPath();
  }

  @Test
  void roomsEventsAndUsersAreReportedAndReadByTheAdministrator() {
    try (Server server = Server.start(Map.of("SOTTO_REGISTRATION_MODE", "token"))) {
      User root = server.registerAdministrator();
      String room = root.createRoom();
      String said = root.say(room, "something rude");
      accept(root.post(path("/v3/rooms/{}/report", room), REASON));
      accept(root.post(path("/v3/rooms/{}/report/{}", room, said), REASON));
      accept(root.post(path("/v3/rooms/{}/report/{}", room, said), "{\"reason\": \"again\"}"));
      accept(root.post(path("/v3/users/{}/report", root.id()), "{\"reason\": \"\"}"));
      server.kill();
      server.startAgain();
      List<Map<String, Object>> kept = reports(root).getList("reports");
      assertEquals(3, kept.size());
      assertEquals(root.id(), kept.getFirst().get("user_id"));
      assertEquals("again", kept.get(1).get("reason"));
      assertEquals(said, kept.get(1).get("event_id"));
      assertEquals(room, kept.get(1).get("room_id"));
      assertEquals(room, kept.getLast().get("room_id"));
      assertNull(kept.getLast().get("event_id"));
      assertEquals(root.id(), kept.getLast().get("reporter"));
    }
  }

  @Test
  void whatOneCannotSeeOneCannotReport() {
    String room = alice.createRoom();
    String said = alice.say(room, "hidden");
    refuse(bob.post(path("/v3/rooms/{}/report/{}", room, said), REASON), 404, "M_NOT_FOUND");
    refuse(alice.post(path("/v3/rooms/{}/report/$no", room), REASON), 404, "M_NOT_FOUND");
    refuse(alice.post("/v3/rooms/!no:localhost/report", REASON), 404, "M_NOT_FOUND");
    refuse(alice.post("/v3/users/@nobody:localhost/report", REASON), 404, "M_NOT_FOUND");
    // A room may be reported from outside: it may be the invitation that is wrong.
    accept(bob.post(path("/v3/rooms/{}/report", room), REASON));
  }

  @Test
  void whoHasLeftMayNotReportItsEvents() {
    String room = alice.createRoomWith(bob);
    String said = alice.say(room, "seen");
    bob.leave(room);
    refuse(bob.post(path("/v3/rooms/{}/report/{}", room, said), REASON), 404, "M_NOT_FOUND");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"reason\": null}"})
  void roomsAndUsersAreReportedForAReason(String body) {
    String room = alice.createRoom();
    refuse(alice.post(path("/v3/rooms/{}/report", room), body), 400, "M_MISSING_PARAM");
    refuse(alice.post(path("/v3/users/{}/report", bob.id()), body), 400, "M_MISSING_PARAM");
    accept(alice.post(path("/v3/rooms/{}/report/{}", room, alice.say(room, "x")), body));
  }

  @Test
  void wrongInputIsRefused() {
    String user = path("/v3/users/{}/report", bob.id());
    refuse(alice.post(user, "{\"reason\": 1}"), 400, "M_BAD_JSON");
    refuse(alice.post(user, "{\"reason\": \"" + "x".repeat(1_001) + "\"}"), 400, "M_INVALID_PARAM");
    refuse(alice.post(user, "{"), 400, "M_NOT_JSON");
    refuse(alice.post("/v3/users/bob/report", REASON), 400, "M_INVALID_PARAM");
    refuse(alice.get("/_sotto/admin/v1/reports"), 403, "M_FORBIDDEN");
    refuse(Server.plain().anonymously().post(user, REASON), 401, "M_MISSING_TOKEN");
  }

  @Test
  void aDaysReportsAreLimited() {
    String room = alice.createRoom();
    for (int i = 0; i < 100; i++) {
      accept(alice.post(path("/v3/rooms/{}/report/{}", room, alice.say(room, "" + i)), REASON));
    }
    refuse(alice.post(path("/v3/rooms/{}/report", room), REASON), 429, "M_LIMIT_EXCEEDED");
    accept(bob.post(path("/v3/rooms/{}/report", room), REASON));
  }

  @Test
  void theReasonIsLeftOutWhereOnlyEncryptedMessagesAreTaken() {
    try (Server server =
        Server.start(
            Map.of("SOTTO_REGISTRATION_MODE", "token", "SOTTO_ENCRYPTION_POLICY", "required"))) {
      User root = server.registerAdministrator();
      accept(root.post(path("/v3/users/{}/report", root.id()), "{\"reason\": \"she said pear\"}"));
      JsonPath kept = reports(root);
      assertEquals(root.id(), kept.getString("reports[0].user_id"));
      assertFalse(kept.prettify().contains("pear"));
    }
  }
}
