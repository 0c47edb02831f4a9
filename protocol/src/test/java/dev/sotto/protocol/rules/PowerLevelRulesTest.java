package dev.sotto.protocol.rules;

import static dev.sotto.protocol.rules.Events.ALICE;
import static dev.sotto.protocol.rules.Events.BOB;
import static dev.sotto.protocol.rules.Events.version;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The rules for `m.room.power_levels`.
class PowerLevelRulesTest {

  /// A change of the levels by Bob, who has 50.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // named levels: neither the old nor the new above one's own
        "{} | {'ban':50} | true",
        "{} | {'ban':51} | false",
        "{'ban':50} | {} | true",
        "{'ban':51} | {} | false",
        "{'ban':51} | {'ban':10} | false",
        "{'ban':51} | {'ban':51} | true",
        "{'users_default':0} | {'users_default':51} | false",
        "{'events_default':0} | {'events_default':51} | false",
        "{'state_default':50} | {'state_default':51} | false",
        "{'redact':50} | {'redact':51} | false",
        "{'kick':50} | {'kick':51} | false",
        "{'invite':0} | {'invite':51} | false",
        "{'invite':0} | {'invite':50} | true",
        // entries of events
        "{} | {'events':{'a':50}} | true",
        "{} | {'events':{'a':51}} | false",
        "{'events':{'a':51}} | {} | false",
        "{'events':{'a':51}} | {'events':{}} | false",
        "{'events':{'a':51}} | {'events':{'a':1}} | false",
        "{'events':{'a':51}} | {'events':{'a':51,'b':1}} | true",
        // entries of users
        "{} | {'users':{'@x:y':50}} | true",
        "{} | {'users':{'@x:y':51}} | false",
        "{'users':{'@x:y':49}} | {'users':{'@x:y':1}} | true",
        "{'users':{'@x:y':49}} | {'users':{}} | true",
        "{'users':{'@x:y':50}} | {'users':{'@x:y':1}} | false",
        "{'users':{'@x:y':50}} | {'users':{}} | false",
        "{'users':{'@x:y':50}} | {'users':{'@x:y':50}} | true",
        "{'users':{'@x:y':100}} | {'users':{'@x:y':1}} | false",
      })
  void nobodyReachesAboveTheirOwnLevel(String before, String after, boolean allowed) {
    for (RoomVersion version : RoomVersions.all()) {
      String bob = "'@bob:two':50";
      Events room = Events.room(version).member(BOB, "join").powerLevels(with(before, bob));
      assertEquals(
          allowed,
          room.allows(BOB, "m.room.power_levels", "", with(after, bob)),
          "version " + version);
    }
  }

  /// Adds a user's level to a content.
  private static String with(String content, String user) {
    if (content.contains("'users':{}")) {
      return content.replace("'users':{}", "'users':{" + user + "}");
    }
    if (content.contains("'users':{")) {
      return content.replace("'users':{", "'users':{" + user + ",");
    }
    return content.equals("{}")
        ? "{'users':{" + user + "}}"
        : content.replaceFirst("\\{", "{'users':{" + user + "},");
  }

  @Test
  void oneCanLowerAndLeaveButNotRaiseOneself() {
    Events room =
        Events.room(version(10)).member(BOB, "join").powerLevels("{'users':{'@bob:two':50}}");
    assertTrue(room.allows(BOB, "m.room.power_levels", "", "{'users':{'@bob:two':1}}"));
    assertTrue(room.allows(BOB, "m.room.power_levels", "", "{}"));
    assertFalse(room.allows(BOB, "m.room.power_levels", "", "{'users':{'@bob:two':51}}"));
  }

  @Test
  void notificationLevelsAreProtectedFromVersion6On() {
    for (RoomVersion version : RoomVersions.all()) {
      Events room =
          Events.room(version)
              .member(BOB, "join")
              .powerLevels("{'users':{'@bob:two':50},'notifications':{'room':60}}");
      boolean old = Integer.parseInt(version.id()) < 6;
      assertEquals(old, room.allows(BOB, "m.room.power_levels", "", "{'users':{'@bob:two':50}}"));
      assertEquals(
          old,
          room.allows(
              BOB,
              "m.room.power_levels",
              "",
              "{'users':{'@bob:two':50},'notifications':{'room':60,'x':51}}"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // content | allowed until 5 | until 9 | from 10
        "{'users':{'@bob:two':'1'}} | true | true | false",
        "{'users':{'@bob:two':1.5}} | true | false | false",
        "{'users':{'@bob:two':'x'}} | false | false | false",
        "{'users':{'@bob:two':null}} | false | false | false",
        "{'users':{'@bob:two':true}} | false | false | false",
        "{'users':{'@bob:two':1e999}} | false | false | false",
        "{'users':{'bob':1}} | false | false | false",
        "{'users':[]} | false | false | false",
        "{'users':'x'} | false | false | false",
        "{'ban':'50'} | true | true | false",
        "{'ban':null} | true | true | false",
        "{'ban':{}} | true | true | false",
        "{'events':{'a':'1'}} | true | true | false",
        "{'events':[]} | true | true | false",
        "{'notifications':{'room':'1'}} | true | true | false",
        "{'notifications':1} | true | true | false",
        "{} | true | true | true",
        "{'ban':50,'events':{'a':1},'notifications':{'room':1},'x':[]} | true | true | true"
      })
  void firstLevelsHaveTheFormOfTheVersion(
      String content, boolean upTo5, boolean upTo9, boolean from10) {
    for (RoomVersion version : RoomVersions.all()) {
      int number = Integer.parseInt(version.id());
      assertEquals(
          number < 6 ? upTo5 : number < 10 ? upTo9 : from10,
          Events.room(version).allows(ALICE, "m.room.power_levels", "", content),
          "version " + version);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{'ban':'x'}", "{'ban':{}}", "{'events':{'a':[]}}"})
  void laterLevelsMustBeReadableInEveryVersion(String content) {
    for (RoomVersion version : RoomVersions.all()) {
      Events room = Events.room(version).powerLevels("{'users':{'@bob:two':100}}");
      room.member(BOB, "join");
      String withBob = content.replaceFirst("\\{", "{'users':{'@bob:two':100},");
      assertFalse(room.allows(BOB, "m.room.power_levels", "", withBob), "version " + version);
    }
  }

  @Test
  void sameLevelInOtherWritingIsNoChange() {
    Events room =
        Events.room(version(5))
            .member(BOB, "join")
            .powerLevels("{'users':{'@bob:two':50},'ban':'100','events':{'a':100}}");
    assertTrue(
        room.allows(
            BOB,
            "m.room.power_levels",
            "",
            "{'users':{'@bob:two':' +050'},'ban':100.9,'events':{'a':'0100'}}"));
  }

  @Test
  void creatorsHaveNoEntryInVersion12() {
    Events room = new Events(version(12));
    room.put(ALICE, "m.room.create", "", "{'additional_creators':['@bob:two']}");
    room.member(ALICE, "join").member(BOB, "join");
    assertFalse(room.allows(ALICE, "m.room.power_levels", "", "{'users':{'@alice:one':100}}"));
    assertFalse(room.allows(ALICE, "m.room.power_levels", "", "{'users':{'@bob:two':0}}"));
    assertTrue(room.allows(ALICE, "m.room.power_levels", "", "{'users':{'@carol:one':100}}"));
    room.powerLevels("{'events':{'m.room.power_levels':9007199254740991}}");
    assertTrue(
        room.allows(BOB, "m.room.power_levels", "", "{'ban':9007199254740991}"),
        "creators stand above every number");
  }
}
