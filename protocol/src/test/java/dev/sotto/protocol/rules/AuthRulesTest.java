package dev.sotto.protocol.rules;

import static dev.sotto.protocol.rules.Events.ALICE;
import static dev.sotto.protocol.rules.Events.BOB;
import static dev.sotto.protocol.rules.Events.CAROL;
import static dev.sotto.protocol.rules.Events.json;
import static dev.sotto.protocol.rules.Events.version;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.protocol.event.Event;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The rules for all but memberships and power levels.
class AuthRulesTest {
  static Iterable<RoomVersion> versions() {
    return RoomVersions.all();
  }

  private static int number(RoomVersion version) {
    return Integer.parseInt(version.id());
  }

  @ParameterizedTest
  @MethodSource("versions")
  void roomsAreCreated(RoomVersion version) {
    Events room = new Events(version);
    assertTrue(room.allows(ALICE, "m.room.create", "", "{'creator':'@alice:one'}"));
    assertEquals(number(version) >= 11, room.allows(ALICE, "m.room.create", "", "{}"));
    for (String known : new String[] {"'1'", "'10'", "'12'"}) {
      assertTrue(
          room.allows(ALICE, "m.room.create", "", "{'creator':'a','room_version':" + known + "}"));
    }
    for (String unknown : new String[] {"'13'", "1", "null", "''"}) {
      assertFalse(
          room.allows(ALICE, "m.room.create", "", "{'creator':'a','room_version':" + unknown + "}"),
          unknown);
    }
    Event late =
        room.event(ALICE, "m.room.create", "", "{'creator':'a'}", "{'prev_events':['$a']}");
    assertFalse(room.check(late).isAllowed());
  }

  @Test
  void roomIdOfACreationNamesTheSendersServerOrNobody() {
    for (RoomVersion version : RoomVersions.all()) {
      Events room = new Events(version);
      Event foreign = room.event(BOB, "m.room.create", "", "{'creator':'a'}");
      assertEquals(number(version) == 12, room.check(foreign).isAllowed());
      Event named =
          room.event(ALICE, "m.room.create", "", "{'creator':'a'}", "{'room_id':'!a:one'}");
      assertEquals(number(version) < 12, room.check(named).isAllowed());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "['@a:b','@c:d'] | true",
        "[] | true",
        "['a'] | false",
        "[1] | false",
        "'@a:b' | false",
        "null | false",
        "{} | false"
      },
      quoteCharacter = '`')
  void additionalCreatorsAreUsersFromVersion12On(String creators, boolean valid) {
    String content = "{'additional_creators':" + creators + "}";
    assertEquals(valid, new Events(version(12)).allows(ALICE, "m.room.create", "", content));
    assertTrue(new Events(version(11)).allows(ALICE, "m.room.create", "", content));
  }

  @ParameterizedTest
  @MethodSource("versions")
  void nothingFollowsWithoutACreation(RoomVersion version) {
    Events room = new Events(version).member(ALICE, "join");
    assertFalse(room.allows(ALICE, "m.room.message", null, "{}"));
  }

  @Test
  void eventsOfVersion12BelongToTheRoomOfTheirCreation() {
    Events room = Events.room(version(12));
    assertTrue(room.allows(ALICE, "m.room.message", null, "{}"));
    for (String other : new String[] {"!other", "!1:on", "!1:onf", "!1:one:more"}) {
      Event event = room.event(ALICE, "m.room.message", null, "{}", "{'room_id':'" + other + "'}");
      assertFalse(room.check(event).isAllowed(), other);
    }
  }

  @ParameterizedTest
  @MethodSource("versions")
  void unfederatedRoomIsForItsServerAlone(RoomVersion version) {
    Events room = new Events(version);
    room.put(ALICE, "m.room.create", "", "{'creator':'@alice:one','m.federate':false}");
    room.joinRule("public").member(BOB, "join").member(CAROL, "join");
    assertTrue(room.allows(CAROL, "m.room.message", null, "{}"));
    assertFalse(room.allows(BOB, "m.room.message", null, "{}"));
    assertFalse(room.allowsMembership(BOB, BOB, "join"));
    assertFalse(room.allows("@x:one:8448", "m.room.aliases", "one:8448", "{}"), "another port");
    room.put(ALICE, "m.room.create", "", "{'creator':'@alice:one','m.federate':'false'}");
    room.joinRule("public").member(BOB, "join");
    assertTrue(room.allows(BOB, "m.room.message", null, "{}"), "only the boolean counts");
  }

  @Test
  void aliasesOfAServerAreSetByItsUsersUntilVersion5() {
    for (RoomVersion version : RoomVersions.all()) {
      Events room = Events.room(version);
      boolean old = number(version) <= 5;
      assertEquals(old, room.allows(BOB, "m.room.aliases", "two", "{}"), "even from outside");
      assertFalse(room.allows(BOB, "m.room.aliases", "one", "{}"));
      assertFalse(room.allows(BOB, "m.room.aliases", null, "{}"));
      assertEquals(!old, room.allows(ALICE, "m.room.aliases", "two", "{}"), "state like any other");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"invite", "knock", "leave", "ban"})
  void onlyMembersSend(String membership) {
    for (RoomVersion version : RoomVersions.all()) {
      Events room = Events.room(version).joinRule("public");
      assertFalse(room.allows(BOB, "m.room.message", null, "{}"));
      room.member(BOB, membership);
      assertFalse(room.allows(BOB, "m.room.message", null, "{}"));
      assertFalse(room.allows(BOB, "m.room.third_party_invite", "t", "{}"));
      room.member(BOB, "join");
      assertTrue(room.allows(BOB, "m.room.message", null, "{}"));
    }
  }

  @ParameterizedTest
  @MethodSource("versions")
  void sendingTakesTheLevelOfTheType(RoomVersion version) {
    Events room =
        Events.room(version)
            .member(BOB, "join")
            .powerLevels(
                "{'users':{'@bob:two':50},'events_default':50,'state_default':51,"
                    + "'events':{'a':51,'b':50}}");
    assertTrue(room.allows(BOB, "m.room.encrypted", null, "{}"));
    assertFalse(room.allows(BOB, "a", null, "{}"));
    assertFalse(room.allows(BOB, "x", "", "{}"));
    assertTrue(room.allows(BOB, "b", "", "{}"));
  }

  @ParameterizedTest
  @MethodSource("versions")
  void stateUnderAUsersIdIsTheirs(RoomVersion version) {
    Events room = Events.room(version).member(BOB, "join");
    assertTrue(room.allows(BOB, "x", BOB, "{}"));
    assertTrue(room.allows(BOB, "x", "bob", "{}"));
    assertFalse(room.allows(ALICE, "x", BOB, "{}"));
    assertFalse(room.allows(ALICE, "x", "@", "{}"));
  }

  @ParameterizedTest
  @MethodSource("versions")
  void redactingIsRuledOnUntilVersion2(RoomVersion version) {
    Events room = Events.room(version).member(BOB, "join").powerLevels("{'users':{}}");
    boolean free = number(version) > 2;
    assertTrue(isRedactionAllowed(room, "'$x:two'"), "of the same server");
    assertEquals(free, isRedactionAllowed(room, "'$x:one'"));
    assertEquals(free, isRedactionAllowed(room, "'$x'"));
    assertEquals(free, isRedactionAllowed(room, "1"));
    room.powerLevels("{'users':{'@bob:two':50}}");
    assertTrue(isRedactionAllowed(room, "'$x:one'"), "with the redact level");
    room.powerLevels("{'users':{'@bob:two':50},'events':{'m.room.redaction':51}}");
    assertFalse(isRedactionAllowed(room, "'$x:two'"), "the level of the type comes first");
  }

  private static boolean isRedactionAllowed(Events room, String redacts) {
    Event event = room.event(BOB, "m.room.redaction", null, "{}", "{'redacts':" + redacts + "}");
    return room.check(event).isAllowed();
  }

  @Test
  void refusalSaysWhy() {
    AuthResult result =
        Events.room(version(12))
            .check(Events.room(version(12)).event(BOB, "m.room.message", null, "{}"));
    AuthResult.Denied denied = assertInstanceOf(AuthResult.Denied.class, result);
    assertTrue(denied.reason().matches("[A-Z].*\\."), denied.reason());
  }

  @ParameterizedTest
  @MethodSource("versions")
  void authEventsAreSelected(RoomVersion version) {
    StateKey alice = StateKey.member(new UserId(ALICE));
    StateKey bob = StateKey.member(new UserId(BOB));
    StateKey carol = StateKey.member(new UserId(CAROL));
    StateKey levels = StateKey.POWER_LEVELS;
    assertEquals(List.of(), keys(version, "m.room.create", "", "{}"));
    assertKeys(version, "m.room.message", null, "{}", levels, alice);
    assertKeys(version, "m.room.name", "", "{}", levels, alice);
    assertKeys(version, "m.room.member", ALICE, "{'membership':'leave'}", levels, alice);
    assertKeys(
        version,
        "m.room.member",
        ALICE,
        "{'membership':'join'}",
        levels,
        alice,
        StateKey.JOIN_RULES);
    assertKeys(
        version,
        "m.room.member",
        BOB,
        "{'membership':'invite'}",
        levels,
        alice,
        bob,
        StateKey.JOIN_RULES);
    assertKeys(
        version,
        "m.room.member",
        ALICE,
        "{'membership':'knock'}",
        levels,
        alice,
        StateKey.JOIN_RULES);
    assertKeys(version, "m.room.member", BOB, "{'membership':'ban'}", levels, alice, bob);
    String via = "'join_authorised_via_users_server':'@carol:one'";
    String join = "{'membership':'join'," + via + "}";
    if (number(version) >= 8) {
      assertKeys(version, "m.room.member", ALICE, join, levels, alice, StateKey.JOIN_RULES, carol);
    } else {
      assertKeys(version, "m.room.member", ALICE, join, levels, alice, StateKey.JOIN_RULES);
    }
    assertKeys(
        version, "m.room.member", ALICE, "{'membership':'leave'," + via + "}", levels, alice);
  }

  private static void assertKeys(
      RoomVersion version,
      String type,
      @Nullable String stateKey,
      String content,
      StateKey... expected) {
    List<StateKey> keys = keys(version, type, stateKey, content);
    boolean withCreate = number(version) < 12;
    assertEquals(withCreate, keys.contains(StateKey.CREATE));
    assertEquals(List.of(expected), withCreate ? keys.subList(1, keys.size()) : keys);
  }

  private static List<StateKey> keys(
      RoomVersion version, String type, @Nullable String stateKey, String content) {
    return AuthRules.authEventKeys(version, type, new UserId(ALICE), stateKey, json(content));
  }

  @ParameterizedTest
  @MethodSource("versions")
  void authEventsMustBeThoseOfTheSelection(RoomVersion version) {
    Events room = Events.room(version).powerLevels("{}").joinRule("public");
    Event create = room.get(StateKey.CREATE);
    Event member = room.get(StateKey.member(new UserId(ALICE)));
    Event levels = room.get(StateKey.POWER_LEVELS);
    Event message = room.event(ALICE, "m.room.message", null, "{}");
    boolean withCreate = number(version) < 12;
    List<Event> right = withCreate ? List.of(create, member, levels) : List.of(member, levels);
    assertTrue(checkAuthEvents(version, message, right));
    assertEquals(
        !withCreate, checkAuthEvents(version, message, List.of(member, levels)), "no creation");
    assertFalse(
        withCreate == checkAuthEvents(version, message, List.of(member)), "no creation either");
    assertFalse(checkAuthEvents(version, message, plus(right, room.get(StateKey.JOIN_RULES))));
    assertFalse(checkAuthEvents(version, message, plus(right, message)), "no state");
    assertFalse(checkAuthEvents(version, message, plus(right, another(levels))), "twice");
    if (!withCreate) {
      assertFalse(checkAuthEvents(version, message, plus(right, create)));
    }
    assertFalse(
        AuthRules.checkAuthEvents(version, message, right, member::equals).isAllowed(),
        "a rejected one");
    Event elsewhere =
        room.event(ALICE, "m.room.message", null, "{}", "{'room_id':'!elsewhere:one'}");
    assertFalse(checkAuthEvents(version, elsewhere, right));
  }

  private static boolean checkAuthEvents(RoomVersion version, Event event, List<Event> auth) {
    return AuthRules.checkAuthEvents(version, event, auth, _ -> false).isAllowed();
  }

  private static Event another(Event event) {
    return Event.of(new EventId("$another"), event.json());
  }

  private static List<Event> plus(List<Event> events, Event more) {
    return Stream.concat(events.stream(), Stream.of(more)).toList();
  }
}
