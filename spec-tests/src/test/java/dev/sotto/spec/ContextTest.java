package dev.sotto.spec;

import static dev.sotto.spec.RoomCalls.assertForbidden;
import static dev.sotto.spec.RoomCalls.assertRefused;
import static dev.sotto.spec.RoomCalls.context;
import static dev.sotto.spec.RoomCalls.getContext;
import static dev.sotto.spec.RoomCalls.messages;
import static dev.sotto.spec.harness.Http.path;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.spec.harness.Server;
import dev.sotto.spec.harness.User;
import io.restassured.path.json.JsonPath;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#event-context
class ContextTest {
  private final Server server = Server.plain();
  private final User alice = server.register("alice");
  private final User bob = server.register("bob");

  private List<String> say(String room, int count) {
    return IntStream.range(0, count).mapToObj(n -> alice.say(room, "number " + n)).toList();
  }

  @Test
  void eventStandsBetweenItsNeighbours() {
    String room = alice.createRoom();
    List<String> said = say(room, 30);
    JsonPath around = context(alice, room, said.get(15), "limit=6");
    assertEquals(said.get(15), around.getString("event.event_id"));
    assertEquals(said.subList(12, 15).reversed(), around.getList("events_before.event_id"));
    assertEquals(said.subList(16, 19), around.getList("events_after.event_id"));
    JsonPath tenByDefault = context(alice, room, said.get(15), "");
    assertEquals(5, tenByDefault.getList("events_before").size());
    assertEquals(5, tenByDefault.getList("events_after").size());
    JsonPath alone = context(alice, room, said.get(15), "limit=0");
    assertEquals(List.of(), alone.getList("events_before"));
    assertEquals(List.of(), alone.getList("events_after"));
    assertEquals(said.get(15), alone.getString("event.event_id"));
  }

  @Test
  void tokensLeadOnInBothDirections() {
    String room = alice.createRoom();
    List<String> said = say(room, 20);
    JsonPath around = context(alice, room, said.get(10), "limit=4");
    assertEquals(
        said.subList(6, 8).reversed(),
        messages(alice, room, "dir=b&limit=2&from=" + around.getString("start"))
            .getList("chunk.event_id"));
    assertEquals(
        said.subList(13, 15),
        messages(alice, room, "dir=f&limit=2&from=" + around.getString("end"))
            .getList("chunk.event_id"));
    JsonPath alone = context(alice, room, said.get(10), "limit=0");
    assertEquals(
        said.get(9),
        messages(alice, room, "dir=b&limit=1&from=" + alone.getString("start"))
            .getString("chunk[0].event_id"));
    assertEquals(
        said.get(11),
        messages(alice, room, "dir=f&limit=1&from=" + alone.getString("end"))
            .getString("chunk[0].event_id"));
  }

  @Test
  void stateIsThatOfTheLastEventShown() {
    String room = alice.createRoom();
    alice.setState(room, "m.room.name", "{\"name\": \"old\"}");
    String event = alice.say(room, "x");
    alice.setState(room, "m.room.name", "{\"name\": \"new\"}");
    assertThat(names(context(alice, room, event, "limit=0")), contains("old"));
    assertThat(names(context(alice, room, event, "limit=10")), contains("new"));
  }

  private static List<String> names(JsonPath context) {
    return context.getList("state.findAll { it.type == 'm.room.name' }.content.name");
  }

  @Test
  void filterLeavesTheEventItselfAlone() {
    String room = alice.createRoomWith(bob);
    String event = alice.say(room, "x");
    bob.say(room, "y");
    String filter = path("filter={}", "{\"types\": [\"m.room.member\"]}");
    JsonPath members = context(alice, room, event, filter);
    assertEquals(event, members.getString("event.event_id"));
    assertThat(
        members.getList("events_before.content.membership"), contains("join", "invite", "join"));
    assertEquals(List.of(), members.getList("events_after"));
    assertThat(members.getList("state.type"), contains("m.room.member", "m.room.member"));
  }

  @Test
  void lazilyLoadedMembersAreThoseWhoSpeak() {
    User carol = server.register("carol");
    String room = alice.createRoomWith(bob, carol);
    String event = bob.say(room, "x");
    String filter = path("limit=0&filter={}", "{\"lazy_load_members\": true}");
    JsonPath lazy = context(alice, room, event, filter);
    assertThat(
        lazy.getList("state.findAll { it.type == 'm.room.member' }.state_key"), contains(bob.id()));
    assertThat(lazy.getList("state.type"), hasItem("m.room.create"));
    assertThat(
        context(alice, room, event, "limit=0")
            .getList("state.findAll { it.type == 'm.room.member' }.state_key"),
        containsInAnyOrder(alice.id(), bob.id(), carol.id()));
  }

  @Test
  void eventThatIsNotThereOrNotToBeSeenIsNotFound() {
    String room = alice.createRoom(RoomCalls.PUBLIC);
    alice.setState(room, "m.room.history_visibility", "{\"history_visibility\": \"joined\"}");
    String hidden = alice.say(room, "hidden");
    bob.join(room);
    assertRefused(getContext(bob, room, hidden, ""), 404, "M_NOT_FOUND");
    assertRefused(getContext(alice, room, "$nothing", ""), 404, "M_NOT_FOUND");
    assertRefused(getContext(alice, room, "nothing", ""), 400, "M_INVALID_PARAM");
    assertForbidden(getContext(server.register("carol"), room, hidden, ""));
    String elsewhere = alice.say(alice.createRoom(), "x");
    assertRefused(getContext(alice, room, elsewhere, ""), 404, "M_NOT_FOUND");
    String seen = alice.say(room, "seen");
    assertThat(
        context(bob, room, seen, "limit=50").getList("events_before.content.body"),
        not(hasItem("hidden")));
    assertThat(
        context(alice, room, seen, "limit=50").getList("events_before.content.body"),
        hasItem("hidden"));
  }
}
