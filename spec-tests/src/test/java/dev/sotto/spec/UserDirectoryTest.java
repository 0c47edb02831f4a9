package dev.sotto.spec;

import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.response.ValidatableResponse;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#user-directory
class UserDirectoryTest {
  private final Server server = Server.plain();
  private final User alice = server.register("alice");
  private final User eve = server.register("eve");

  /// A word that no other test's users have in their names.
  private final String word = "Zq" + alice.localpart().replace("-", "");

  private static void rename(User user, String name) {
    user.put(
            path("/v3/profile/{}/displayname", user.id()),
            "{\"displayname\": \"%s\"}".formatted(name))
        .then()
        .statusCode(200);
  }

  private static ValidatableResponse search(User user, String term) {
    return user.post("/v3/user_directory/search", "{\"search_term\": \"%s\"}".formatted(term))
        .then()
        .statusCode(200);
  }

  @Test
  void usersInPublicRoomsAreFoundByTheWordsOfTheirName() {
    rename(alice, word + " C\u00F6oper-Smith");
    alice.createRoom("{\"preset\": \"public_chat\"}");
    for (String term :
        List.of(
            word,
            word.toLowerCase(Locale.ROOT),
            word.substring(0, word.length() - 1),
            "smith " + word,
            "C\u00D6OPER " + word)) {
      search(eve, term)
          .body("results.user_id", contains(alice.id()))
          .body("results[0].display_name", equalTo(word + " C\u00F6oper-Smith"))
          .body("limited", equalTo(false));
    }
    search(eve, word + " jones").body("results", empty());
  }

  @Test
  void usersAreFoundByTheBeginningOfTheirId() {
    alice.createRoom("{\"preset\": \"public_chat\"}");
    search(eve, alice.id()).body("results.user_id", contains(alice.id()));
    search(eve, alice.id().substring(1)).body("results.user_id", contains(alice.id()));
  }

  @Test
  void usersInPrivateRoomsAreFoundOnlyByThoseWhoShareOne() {
    User bob = server.register("bob");
    rename(alice, word);
    search(bob, word).body("results", empty());
    String room = alice.createRoomWith(bob);
    search(bob, word).body("results.user_id", contains(alice.id()));
    search(eve, word).body("results", empty());
    bob.leave(room);
    search(bob, word).body("results", empty());
  }

  @Test
  void nameOfOneRoomIsNotSearched() {
    rename(alice, word);
    String room = alice.createRoom("{\"preset\": \"public_chat\"}");
    alice
        .put(
            path("/v3/rooms/{}/state/m.room.member/{}", room, alice.id()),
            "{\"membership\": \"join\", \"displayname\": \"X%s\"}".formatted(word))
        .then()
        .statusCode(200);
    search(eve, "X" + word).body("results", empty());
    search(eve, word).body("results.user_id", contains(alice.id()));
  }

  @Test
  void noMoreAreFoundThanWanted() {
    String room = alice.createRoom("{\"preset\": \"public_chat\"}");
    for (int i = 0; i < 12; i++) {
      User member = server.register("member");
      rename(member, word);
      member.join(room);
    }
    search(eve, word).body("results", hasSize(10)).body("limited", equalTo(true));
    eve.post(
            "/v3/user_directory/search", "{\"search_term\": \"%s\", \"limit\": 12}".formatted(word))
        .then()
        .body("results", hasSize(12))
        .body("limited", equalTo(false));
  }

  @Test
  void searchNeedsATermAndAnAccount() {
    eve.post("/v3/user_directory/search", "{}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_MISSING_PARAM"));
    eve.post("/v3/user_directory/search", "{\"search_term\": 7}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_BAD_JSON"));
    eve.post("/v3/user_directory/search", "{\"search_term\": \"x\", \"limit\": -1}")
        .then()
        .statusCode(400)
        .body("errcode", equalTo("M_INVALID_PARAM"));
    search(eve, " ").body("results", empty());
    server
        .anonymously()
        .post("/v3/user_directory/search", "{\"search_term\": \"x\"}")
        .then()
        .statusCode(401);
  }
}
