package dev.sotto.spec;

import static dev.sotto.spec.RoomCalls.PUBLIC;
import static dev.sotto.spec.RoomCalls.assertForbidden;
import static dev.sotto.spec.RoomCalls.assertRefused;
import static dev.sotto.spec.RoomCalls.edit;
import static dev.sotto.spec.RoomCalls.event;
import static dev.sotto.spec.RoomCalls.getRelations;
import static dev.sotto.spec.RoomCalls.reaction;
import static dev.sotto.spec.RoomCalls.redact;
import static dev.sotto.spec.RoomCalls.relating;
import static dev.sotto.spec.RoomCalls.relations;
import static dev.sotto.spec.RoomCalls.sayInThread;
import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.path.json.JsonPath;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#relationships-api
/// @spec https://spec.matrix.org/v1.19/client-server-api/#aggregations-of-child-events
class RelationsTest {
  private static final String BUNDLE = "unsigned.'m.relations'";

  private final Server server = Server.plain();
  private final User alice = server.register("alice");
  private final User bob = server.register("bob");

  @Test
  void childrenAreListedByRelationAndType() {
    String room = alice.createRoomWith(bob);
    String parent = alice.say(room, "parent");
    String reference = bob.send(room, "m.room.message", relating("m.reference", parent));
    String other = bob.send(room, "org.example.other", relating("m.reference", parent));
    String reaction = bob.send(room, "m.reaction", reaction(parent, "x"));
    alice.say(room, "unrelated");
    assertThat(ids(room, parent, ""), contains(reaction, other, reference));
    assertThat(ids(room, parent, "/m.reference"), contains(other, reference));
    assertThat(ids(room, parent, "/m.reference/m.room.message"), contains(reference));
    assertThat(ids(room, parent, "/m.thread"), empty());
    assertThat(ids(room, parent, "?dir=f"), contains(reference, other, reaction));
    assertNull(relations(alice, room, parent, "").get("recursion_depth"));
  }

  private List<String> ids(String room, String event, String rest) {
    return relations(alice, room, event, rest).getList("chunk.event_id");
  }

  @Test
  void childrenComeInPages() {
    String room = alice.createRoom();
    String parent = alice.say(room, "parent");
    List<String> children = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      children.add(alice.send(room, "m.room.message", relating("m.reference", parent)));
    }
    for (String dir : List.of("b", "f")) {
      List<String> read = new ArrayList<>();
      String from = "";
      do {
        JsonPath page = relations(alice, room, parent, "?limit=4&dir=" + dir + from);
        read.addAll(page.getList("chunk.event_id"));
        from = page.get("next_batch") == null ? "" : "&from=" + page.getString("next_batch");
      } while (!from.isEmpty());
      assertEquals(children, dir.equals("b") ? read.reversed() : read);
    }
    assertRefused(getRelations(alice, room, parent, "?dir=x"), 400, "M_INVALID_PARAM");
    assertRefused(getRelations(alice, room, parent, "?from=x"), 400, "M_INVALID_PARAM");
    assertRefused(getRelations(alice, room, parent, "?limit=-1"), 400, "M_INVALID_PARAM");
    assertRefused(getRelations(alice, room, parent, "?recurse=maybe"), 400, "M_INVALID_PARAM");
  }

  @Test
  void grandchildrenComeWhereTheyAreAskedFor() {
    String room = alice.createRoom();
    String root = alice.say(room, "root");
    String answer = sayInThread(alice, room, root);
    String edit = alice.send(room, "m.room.message", edit(answer, "better"));
    String reaction = alice.send(room, "m.reaction", reaction(edit, "x"));
    assertThat(ids(room, root, ""), contains(answer));
    JsonPath all = relations(alice, room, root, "?recurse=true");
    assertThat(all.getList("chunk.event_id"), contains(reaction, edit, answer));
    assertThat(all.getInt("recursion_depth"), greaterThanOrEqualTo(3));
    assertThat(ids(room, root, "/m.annotation?recurse=true"), contains(reaction));
    assertThat(ids(room, root, "?recurse=true&dir=f&limit=2"), contains(answer, edit));
  }

  @Test
  void redactedChildrenAreNoChildren() {
    String room = alice.createRoom();
    String parent = alice.say(room, "parent");
    String reaction = alice.send(room, "m.reaction", reaction(parent, "x"));
    redact(alice, room, reaction);
    assertThat(ids(room, parent, ""), empty());
  }

  @Test
  void parentMustBeSeen() {
    String room = alice.createRoom();
    String parent = alice.say(room, "parent");
    assertForbidden(getRelations(bob, room, parent, ""));
    assertRefused(getRelations(alice, room, "$nothing", ""), 404, "M_NOT_FOUND");
  }

  @Test
  void newestEditOfTheSenderIsBundled() {
    String room = alice.createRoomWith(bob);
    String original = alice.say(room, "one");
    assertNull(event(alice, room, original).get(BUNDLE));
    alice.send(room, "m.room.message", edit(original, "two"));
    String last = alice.send(room, "m.room.message", edit(original, "three"));
    bob.send(room, "m.room.message", edit(original, "not his to edit"));
    alice.send(room, "org.example.other", edit(original, "of another type"));
    alice.send(
        room,
        "m.room.message",
        "{\"body\": \"x\", \"m.relates_to\": {\"rel_type\": \"m.replace\", \"event_id\": \""
            + original
            + "\"}}");
    assertEquals(last, event(bob, room, original).getString(BUNDLE + ".'m.replace'.event_id"));
    assertEquals("one", event(bob, room, original).getString("content.body"));
    String editOfEdit = alice.send(room, "m.room.message", edit(last, "four"));
    assertNull(event(bob, room, last).get(BUNDLE));
    assertEquals(last, event(bob, room, original).getString(BUNDLE + ".'m.replace'.event_id"));
    redact(alice, room, last);
    assertThat(
        event(bob, room, original).getString(BUNDLE + ".'m.replace'.content.'m.new_content'.body"),
        equalTo("two"));
    redact(alice, room, editOfEdit);
  }

  @Test
  void encryptedEditNeedsNothingInTheClear() {
    String room = alice.createRoom();
    String original = alice.sendEncrypted(room);
    String edit =
        alice.send(
            room,
            "m.room.encrypted",
            User.ENCRYPTED
                .strip()
                .replaceFirst(
                    "}$",
                    ", \"m.relates_to\": {\"rel_type\": \"m.replace\", \"event_id\": \""
                        + original.replace("$", "\\$")
                        + "\"}}"));
    assertEquals(edit, event(alice, room, original).getString(BUNDLE + ".'m.replace'.event_id"));
  }

  @Test
  void redactedOriginalHasNoEdits() {
    String room = alice.createRoom();
    String original = alice.say(room, "one");
    alice.send(room, "m.room.message", edit(original, "two"));
    String reference = alice.send(room, "m.room.message", relating("m.reference", original));
    redact(alice, room, original);
    JsonPath left = event(alice, room, original);
    assertNull(left.get(BUNDLE + ".'m.replace'"));
    assertEquals(reference, left.getString(BUNDLE + ".'m.reference'.chunk[0].event_id"));
  }

  @Test
  void referencesAreBundledAndAnnotationsAreNot() {
    String room = alice.createRoomWith(bob);
    String parent = alice.say(room, "parent");
    bob.send(room, "m.reaction", reaction(parent, "x"));
    assertNull(event(alice, room, parent).get(BUNDLE));
    String one = bob.send(room, "m.room.message", relating("m.reference", parent));
    String two = alice.send(room, "m.room.message", relating("m.reference", parent));
    assertThat(
        event(alice, room, parent).getList(BUNDLE + ".'m.reference'.chunk.event_id"),
        contains(one, two));
    assertNull(event(alice, room, parent).get(BUNDLE + ".'m.annotation'"));
  }

  @Test
  void whatOneMayNotSeeIsNotBundled() {
    String room = alice.createRoomWith(bob);
    String parent = alice.say(room, "parent");
    String before = sayInThread(alice, room, parent);
    alice.send(room, "m.room.message", edit(parent, "seen"));
    bob.leave(room);
    sayInThread(alice, room, parent);
    alice.send(room, "m.room.message", edit(parent, "unseen"));
    alice.send(room, "m.room.message", relating("m.reference", parent));
    JsonPath seen = event(bob, room, parent);
    assertEquals(1, seen.getInt(BUNDLE + ".'m.thread'.count"));
    assertEquals(before, seen.getString(BUNDLE + ".'m.thread'.latest_event.event_id"));
    assertEquals("seen", seen.getString(BUNDLE + ".'m.replace'.content.'m.new_content'.body"));
    assertNull(seen.get(BUNDLE + ".'m.reference'"));
    assertThat(
        relations(bob, room, parent, "/m.thread").getList("chunk.event_id"), contains(before));
  }

  @Test
  void ignoredUsersAreNotBundled() {
    String room = alice.createRoomWith(bob);
    String parent = alice.say(room, "parent");
    String hers = sayInThread(alice, room, parent);
    sayInThread(bob, room, parent);
    bob.send(room, "m.room.message", relating("m.reference", parent));
    alice
        .put(
            path("/v3/user/{}/account_data/m.ignored_user_list", alice.id()),
            "{\"ignored_users\": {\"" + bob.id() + "\": {}}}")
        .then()
        .statusCode(200);
    JsonPath seen = event(alice, room, parent);
    assertEquals(1, seen.getInt(BUNDLE + ".'m.thread'.count"));
    assertEquals(hers, seen.getString(BUNDLE + ".'m.thread'.latest_event.event_id"));
    assertNull(seen.get(BUNDLE + ".'m.reference'"));
    assertThat(relations(alice, room, parent, "").getList("chunk.event_id"), contains(hers));
    assertThat(
        relations(bob, room, parent, "").getList("chunk.sender"),
        containsInAnyOrder(alice.id(), bob.id(), bob.id()));
  }

  @Test
  void bundlesComeWithLimitedSyncs() {
    String room = alice.createRoom(PUBLIC);
    String original = alice.say(room, "one");
    String edit = alice.send(room, "m.room.message", edit(original, "two"));
    bob.join(room);
    JsonPath sync = bob.sync();
    String found =
        "rooms.join.'" + room + "'.timeline.events.find { it.event_id == '" + original + "' }";
    assertEquals(edit, sync.getString(found + ".unsigned.'m.relations'.'m.replace'.event_id"));
  }
}
