package dev.sotto.protocol.rules;

import static dev.sotto.protocol.rules.Events.ALICE;
import static dev.sotto.protocol.rules.Events.BOB;
import static dev.sotto.protocol.rules.Events.CAROL;
import static dev.sotto.protocol.rules.Events.version;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sotto.protocol.event.Event;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// State resolution in situations that one can think through.
class StateResolutionTest {
  private static final StateKey BOBS = StateKey.member(new UserId(BOB));

  @Test
  void noStatesResolveToNone() {
    assertEquals(Map.of(), StateResolution.resolve(version(12), List.of(), _ -> null));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 6, 10, 12})
  void banWinsOverWhatTheBannedDidMeanwhile(int number) {
    SimulatedRoom room = new SimulatedRoom(version(number));
    Event start = room.join(room.open(levels(room)), BOB);
    Event old = room.send(start, ALICE, "m.room.topic", "", "{'topic':'old'}");
    Event ban = room.membership(old, ALICE, BOB, "ban");
    Event topic = room.send(old, BOB, "m.room.topic", "", "{'topic':'new'}");
    Event renamed =
        room.send(topic, BOB, "m.room.member", BOB, "{'membership':'join','displayname':'b'}");
    Map<StateKey, EventId> state = room.stateAfter(List.of(ban, renamed));
    assertEquals(ban.id(), state.get(BOBS));
    assertEquals(old.id(), state.get(StateKey.TOPIC), "not what the banned set");
  }

  @Test
  void deepestEventWinsInVersion1() {
    SimulatedRoom room = new SimulatedRoom(version(1));
    Event start = room.join(room.open(levels(room)), BOB);
    Event shallow = room.send(start, ALICE, "m.room.topic", "", "{'topic':'a'}");
    Event message = room.send(start, BOB, "m.room.message", null, "{}");
    Event deep = room.send(message, BOB, "m.room.topic", "", "{'topic':'b'}");
    assertEquals(deep.id(), room.stateAfter(List.of(shallow, deep)).get(StateKey.TOPIC));
  }

  @Test
  void keyOfOneStateIsNoConflictInVersion1() {
    SimulatedRoom room = new SimulatedRoom(version(1));
    Event start = room.join(room.open(levels(room)), BOB);
    Event left = room.send(start, ALICE, "m.room.topic", "", "{'topic':'a'}");
    Event right = room.send(start, BOB, "m.room.name", "", "{'name':'b'}");
    Map<StateKey, EventId> state = room.stateAfter(List.of(left, right));
    assertEquals(left.id(), state.get(StateKey.TOPIC));
    assertEquals(right.id(), state.get(StateKey.NAME));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 12})
  void strongerSenderIsHeardFirst(int number) {
    SimulatedRoom room = new SimulatedRoom(version(number));
    Event joined = room.join(room.join(room.open(levels(room)), BOB), CAROL);
    // Carol's change is the older one, but Alice, who is stronger, takes her level away.
    Event carols =
        room.send(
            joined, CAROL, "m.room.power_levels", "", levels(room).replace("}}", "},'ban':10}"));
    Event alices =
        room.send(
            joined,
            ALICE,
            "m.room.power_levels",
            "",
            levels(room).replace("'@carol:one':50", "'@carol:one':0"));
    Map<StateKey, EventId> state = room.stateAfter(List.of(carols, alices));
    assertEquals(alices.id(), state.get(StateKey.POWER_LEVELS));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 12})
  void amongEqualsTheLaterChangeStays(int number) {
    SimulatedRoom room = new SimulatedRoom(version(number));
    Event joined = room.join(room.join(room.open(levels(room)), BOB), CAROL);
    Event first = room.send(joined, BOB, "m.room.topic", "", "{'topic':'b'}");
    Event second = room.send(joined, CAROL, "m.room.topic", "", "{'topic':'c'}");
    assertEquals(second.id(), room.stateAfter(List.of(second, first)).get(StateKey.TOPIC));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 12})
  void topicSetUnderOlderLevelsYieldsToOneUnderNewer(int number) {
    SimulatedRoom room = new SimulatedRoom(version(number));
    Event joined = room.join(room.open(levels(room)), BOB);
    Event changed =
        room.send(
            joined, ALICE, "m.room.power_levels", "", levels(room).replace("}}", "},'ban':60}"));
    Event newer = room.send(changed, ALICE, "m.room.topic", "", "{'topic':'new'}");
    Event older = room.send(joined, BOB, "m.room.topic", "", "{'topic':'old, but sent later'}");
    assertEquals(newer.id(), room.stateAfter(List.of(newer, older)).get(StateKey.TOPIC));
  }

  /// Bob joined while the room was open; it is closed now, and one server has lost sight of his
  /// join. Version 2 judges the join by the closed room and throws him out; version 2.1 judges it
  /// by the rules that it was made under.
  @ParameterizedTest
  @ValueSource(ints = {11, 12})
  void joinOutlivesLaterRulesFromVersion12On(int number) {
    SimulatedRoom room = new SimulatedRoom(version(number));
    Event carols = room.join(room.open(levels(room)), CAROL);
    Event bobs = room.join(carols, BOB);
    Event closed = room.send(bobs, ALICE, "m.room.join_rules", "", "{'join_rule':'invite'}");
    Map<StateKey, EventId> whole = room.stateAfter(closed);
    Map<StateKey, EventId> without = new HashMap<>(whole);
    without.remove(BOBS);
    Map<StateKey, EventId> state = room.resolve(List.of(whole, without));
    assertEquals(closed.id(), state.get(StateKey.JOIN_RULES));
    if (number == 12) {
      assertEquals(bobs.id(), state.get(BOBS));
    } else {
      assertNull(state.get(BOBS));
    }
  }

  @Test
  void rejectedAuthEventVouchesForNothing() {
    SimulatedRoom room = new SimulatedRoom(version(12));
    Event start = room.join(room.open(levels(room)), BOB);
    Event name = room.send(start, BOB, "m.room.name", "", "{'name':'a'}");
    Event topic = room.send(name, BOB, "m.room.topic", "", "{'topic':'a'}");
    // Bob's join is in neither state, but behind what he set in both.
    Map<StateKey, EventId> whole = new HashMap<>(room.stateAfter(topic));
    whole.remove(BOBS);
    Map<StateKey, EventId> without = new HashMap<>(whole);
    without.remove(StateKey.TOPIC);
    List<Map<StateKey, EventId>> states = List.of(whole, without);
    assertEquals(whole, StateResolution.resolve(version(12), states, room.lookup()));
    EventLookup rejecting =
        new EventLookup() {
          @Override
          public @Nullable Event get(EventId id) {
            return room.lookup().get(id);
          }

          @Override
          public boolean isRejected(EventId id) {
            return id.equals(start.id());
          }
        };
    assertEquals(without, StateResolution.resolve(version(12), states, rejecting));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 12})
  void unknownEventsArePassedOver(int number) {
    SimulatedRoom room = new SimulatedRoom(version(number));
    Event start = room.join(room.open(levels(room)), BOB);
    Event left = room.send(start, ALICE, "m.room.topic", "", "{'topic':'a'}");
    Event right = room.send(start, ALICE, "m.room.topic", "", "{'topic':'b'}");
    EventLookup partial = id -> id.equals(right.id()) ? null : room.lookup().get(id);
    Map<StateKey, EventId> state =
        StateResolution.resolve(
            room.version(), List.of(room.stateAfter(left), room.stateAfter(right)), partial);
    assertEquals(left.id(), state.get(StateKey.TOPIC));
  }

  @Test
  void conflictedSubgraphHoldsWhatLiesBetween() {
    SimulatedRoom room = new SimulatedRoom(version(12));
    Event start = room.open(levels(room));
    Event bobs = room.join(start, BOB);
    Event kick = room.membership(bobs, ALICE, BOB, "leave");
    Event back = room.join(kick, BOB);
    Event beside = room.join(back, CAROL);
    AuthGraph graph = new AuthGraph(room.lookup());
    assertEquals(
        Set.of(bobs.id(), kick.id(), back.id()), graph.between(Set.of(bobs.id(), back.id())));
    assertEquals(Set.of(bobs.id(), beside.id()), graph.between(Set.of(bobs.id(), beside.id())));
    assertNotEquals(bobs.id(), back.id());
  }

  private static String levels(SimulatedRoom room) {
    boolean named = !room.version().auth().privilegedCreators();
    return "{'users':{'@bob:two':50,'@carol:one':50%s}}"
        .formatted(named ? ",'@alice:one':100" : "");
  }
}
