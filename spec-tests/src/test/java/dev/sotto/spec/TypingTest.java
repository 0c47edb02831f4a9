package dev.sotto.spec;

import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.path.json.JsonPath;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#typing-notifications
class TypingTest {
  private static final String TYPING = "/v3/rooms/{}/typing/{}";

  private final User alice = Server.plain().register("alice");
  private final User bob = Server.plain().register("bob");
  private final String room = alice.createRoomWith(bob);

  private void type(User user, String body) {
    user.put(path(TYPING, room, user.id()), body).then().statusCode(200);
  }

  private JsonPath await(User user, String since) {
    return user.syncWith(path("timeout=20000&since={}", since));
  }

  private List<String> typing(JsonPath sync) {
    return sync.getList(
        "rooms.join.'"
            + room
            + "'.ephemeral.events.find { it.type == 'm.typing' }"
            + ".content.user_ids");
  }

  @Test
  void othersHearWhoTypesAndWhoStops() {
    String since = bob.now();
    type(alice, "{\"typing\": true, \"timeout\": 30000}");
    JsonPath sync = await(bob, since);
    assertEquals(List.of(alice.id()), typing(sync));
    type(alice, "{\"typing\": false}");
    assertEquals(List.of(), typing(await(bob, sync.getString("next_batch"))));
  }

  @Test
  void whoLeavesOrIsPutOutTypesNoMore() {
    type(bob, "{\"typing\": true, \"timeout\": 120000}");
    JsonPath sync = alice.sync();
    assertEquals(List.of(bob.id()), typing(sync));
    bob.post(path("/v3/rooms/{}/leave", room), "{}").then().statusCode(200);
    assertEquals(List.of(), typing(await(alice, sync.getString("next_batch"))));
  }

  @Test
  void typingEndsByItself() {
    String since = bob.now();
    type(alice, "{\"typing\": true, \"timeout\": 1000}");
    JsonPath sync = await(bob, since);
    assertEquals(List.of(alice.id()), typing(sync));
    assertEquals(List.of(), typing(await(bob, sync.getString("next_batch"))));
  }

  @Test
  void aFirstSyncSaysWhoTypes() {
    type(alice, "{\"typing\": true}");
    assertEquals(List.of(alice.id()), typing(bob.sync()));
  }

  @Test
  void nobodyTypesForAnotherOrFromOutside() {
    alice
        .put(path(TYPING, room, bob.id()), "{\"typing\": true}")
        .then()
        .statusCode(403)
        .body("errcode", equalTo("M_FORBIDDEN"));
    User carol = Server.plain().register("carol");
    carol
        .put(path(TYPING, room, carol.id()), "{\"typing\": true}")
        .then()
        .statusCode(403)
        .body("errcode", equalTo("M_FORBIDDEN"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}                                  | M_MISSING_PARAM
          {"typing": "yes"}                   | M_BAD_JSON
          {"typing": true, "timeout": "long"} | M_BAD_JSON
          {"typing": true, "timeout": 1.5}    | M_BAD_JSON
          """)
  void wrongInputIsRefused(String body, String code) {
    alice
        .put(path(TYPING, room, alice.id()), body)
        .then()
        .statusCode(400)
        .body("errcode", equalTo(code));
  }
}
