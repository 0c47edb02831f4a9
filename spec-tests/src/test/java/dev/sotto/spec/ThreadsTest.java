package dev.sotto.spec;

import static dev.sotto.spec.RoomCalls.assertForbidden;
import static dev.sotto.spec.RoomCalls.assertRefused;
import static dev.sotto.spec.RoomCalls.edit;
import static dev.sotto.spec.RoomCalls.event;
import static dev.sotto.spec.RoomCalls.redact;
import static dev.sotto.spec.RoomCalls.relating;
import static dev.sotto.spec.RoomCalls.sayInThread;
import static dev.sotto.spec.RoomCalls.threads;
import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.path.json.JsonPath;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#threading
class ThreadsTest {
  private static final String THREAD = "unsigned.'m.relations'.'m.thread'";

  private final Server server = Server.plain();
  private final User alice = server.register("alice");
  private final User bob = server.register("bob");
  private final User carol = server.register("carol");

  @Test
  void rootTellsOfItsThread() {
    String room = alice.createRoomWith(bob, carol);
    String root = alice.say(room, "root");
    sayInThread(bob, room, root);
    String last = sayInThread(bob, room, root);
    JsonPath seen = event(carol, room, root);
    assertEquals(2, seen.getInt(THREAD + ".count"));
    assertEquals(last, seen.getString(THREAD + ".latest_event.event_id"));
    assertEquals(room, seen.getString(THREAD + ".latest_event.room_id"));
    assertFalse(seen.getBoolean(THREAD + ".current_user_participated"));
    assertTrue(event(bob, room, root).getBoolean(THREAD + ".current_user_participated"));
    assertTrue(event(alice, room, root).getBoolean(THREAD + ".current_user_participated"));
  }

  @Test
  void latestEventComesWithItsEdit() {
    String room = alice.createRoom();
    String root = alice.say(room, "root");
    String answer = sayInThread(alice, room, root);
    String edit = alice.send(room, "m.room.message", edit(answer, "better"));
    assertEquals(
        edit,
        event(alice, room, root)
            .getString(THREAD + ".latest_event.unsigned.'m.relations'.'m.replace'.event_id"));
  }

  @Test
  void redactedAnswersDoNotCount() {
    String room = alice.createRoomWith(bob);
    String root = alice.say(room, "root");
    String first = sayInThread(bob, room, root);
    String second = sayInThread(alice, room, root);
    redact(alice, room, second);
    JsonPath seen = event(alice, room, root);
    assertEquals(1, seen.getInt(THREAD + ".count"));
    assertEquals(first, seen.getString(THREAD + ".latest_event.event_id"));
    redact(bob, room, first);
    assertNull(event(alice, room, root).get("unsigned.'m.relations'"));
    assertThat(threads(alice, room, "").getList("chunk"), equalTo(List.of()));
  }

  @Test
  void threadOutlivesItsRoot() {
    String room = alice.createRoom();
    String root = alice.say(room, "root");
    String answer = sayInThread(alice, room, root);
    redact(alice, room, root);
    JsonPath listed = threads(alice, room, "");
    assertThat(listed.getList("chunk.event_id"), contains(root));
    assertEquals(0, listed.getMap("chunk[0].content").size());
    assertEquals(answer, listed.getString("chunk[0]." + THREAD + ".latest_event.event_id"));
  }

  @Test
  void threadCannotStartAtAnEventThatRelatesToAnother() {
    String room = alice.createRoom();
    String root = alice.say(room, "root");
    for (String child :
        List.of(
            sayInThread(alice, room, root),
            alice.send(room, "m.room.message", edit(root, "edit")),
            alice.send(room, "m.room.message", relating("m.reference", root)))) {
      assertRefused(
          alice.trySend(room, "m.room.message", relating("m.thread", child)), 400, "M_UNKNOWN");
    }
  }

  @Test
  void threadsAreListedByTheirLastEventInPages() {
    String room = alice.createRoom();
    List<String> roots = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      roots.add(alice.say(room, "root " + i));
    }
    for (int i : List.of(3, 0, 4, 1, 2, 0)) {
      sayInThread(alice, room, roots.get(i));
    }
    List<String> expected =
        List.of(roots.get(0), roots.get(2), roots.get(1), roots.get(4), roots.get(3));
    assertEquals(expected, threads(alice, room, "").getList("chunk.event_id"));
    List<String> read = new ArrayList<>();
    String from = "";
    do {
      JsonPath page = threads(alice, room, "limit=2" + from);
      read.addAll(page.getList("chunk.event_id"));
      from = page.get("next_batch") == null ? "" : "&from=" + page.getString("next_batch");
    } while (!from.isEmpty());
    assertEquals(expected, read);
    assertNull(threads(alice, room, "limit=5").get("next_batch"));
  }

  @Test
  void onlyOnesOwnThreadsAreListedOnRequest() {
    String room = alice.createRoomWith(bob, carol);
    String alices = alice.say(room, "by alice");
    String carols = carol.say(room, "by carol");
    sayInThread(carol, room, alices);
    sayInThread(alice, room, carols);
    assertThat(
        threads(bob, room, "include=all").getList("chunk.event_id"), contains(carols, alices));
    assertThat(threads(bob, room, "include=participated").getList("chunk"), equalTo(List.of()));
    sayInThread(bob, room, alices);
    assertThat(
        threads(bob, room, "include=participated").getList("chunk.event_id"), contains(alices));
    assertThat(
        threads(alice, room, "include=participated").getList("chunk.event_id"),
        contains(alices, carols));
    String path = path("/v1/rooms/{}/threads", room);
    assertRefused(bob.get(path + "?include=mine"), 400, "M_INVALID_PARAM");
    assertRefused(bob.get(path + "?limit=0"), 400, "M_INVALID_PARAM");
    assertRefused(bob.get(path + "?from=x"), 400, "M_INVALID_PARAM");
    assertForbidden(server.register("dan").get(path));
  }

  @Test
  void rootOfAnIgnoredUserComesRedacted() {
    String room = alice.createRoomWith(bob);
    String root = bob.say(room, "by bob");
    sayInThread(alice, room, root);
    alice
        .put(
            path("/v3/user/{}/account_data/m.ignored_user_list", alice.id()),
            "{\"ignored_users\": {\"" + bob.id() + "\": {}}}")
        .then()
        .statusCode(200);
    JsonPath listed = threads(alice, room, "");
    assertThat(listed.getList("chunk.event_id"), contains(root));
    assertEquals(0, listed.getMap("chunk[0].content").size());
  }

  @Test
  void whoLeftSeesTheThreadsOfThatMoment() {
    String room = alice.createRoomWith(bob);
    String early = alice.say(room, "early");
    String late = alice.say(room, "late");
    sayInThread(alice, room, early);
    bob.leave(room);
    sayInThread(alice, room, late);
    JsonPath seen = threads(bob, room, "");
    assertThat(seen.getList("chunk.event_id"), contains(early));
    assertEquals(1, seen.getInt("chunk[0]." + THREAD + ".count"));
  }
}
