package dev.sotto.protocol.rules;

import static dev.sotto.protocol.rules.Events.ALICE;
import static dev.sotto.protocol.rules.Events.BOB;
import static dev.sotto.protocol.rules.Events.CAROL;
import static dev.sotto.protocol.rules.Events.version;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.UserId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// @spec https://spec.matrix.org/v1.19/client-server-api/#mroompower_levels
class PowerLevelsTest {

  @Test
  void withoutAnEventTheCreatorAloneHasPower() {
    for (RoomVersion version : RoomVersions.all()) {
      Events room = Events.room(version);
      PowerLevels levels = PowerLevels.of(version, null, room.get(StateKey.CREATE));
      assertEquals(
          version.id().equals("12") ? PowerLevels.INFINITE : 100, levels.of(new UserId(ALICE)));
      assertEquals(0, levels.of(new UserId(BOB)));
      assertEquals(0, levels.toSend("m.room.name", true));
      assertEquals(0, levels.toSend("m.room.message", false));
      assertDefaults(levels);
    }
  }

  @Test
  void emptyEventLeavesTheDefaults() {
    PowerLevels levels = levels(10, "{}");
    assertEquals(0, levels.of(new UserId(ALICE)), "the creator is not privileged any more");
    assertEquals(50, levels.toSend("m.room.name", true));
    assertEquals(0, levels.toSend("m.room.message", false));
    assertDefaults(levels);
  }

  private static void assertDefaults(PowerLevels levels) {
    assertEquals(50, levels.ban());
    assertEquals(50, levels.kick());
    assertEquals(50, levels.redact());
    assertEquals(0, levels.invite());
    assertEquals(50, levels.notification("room"));
  }

  @Test
  void everyLevelIsReadFromItsPlace() {
    PowerLevels levels =
        levels(
            10,
            """
            {'users':{'@bob:two':7},'users_default':1,'events':{'a':2,'m.room.name':3},
             'events_default':4,'state_default':5,'ban':11,'kick':12,'redact':13,'invite':14,
             'notifications':{'room':15}}
            """);
    assertEquals(7, levels.of(new UserId(BOB)));
    assertEquals(1, levels.of(new UserId(CAROL)));
    assertEquals(2, levels.toSend("a", false));
    assertEquals(2, levels.toSend("a", true));
    assertEquals(3, levels.toSend("m.room.name", true));
    assertEquals(4, levels.toSend("b", false));
    assertEquals(5, levels.toSend("b", true));
    assertEquals(11, levels.ban());
    assertEquals(12, levels.kick());
    assertEquals(13, levels.redact());
    assertEquals(14, levels.invite());
    assertEquals(15, levels.notification("room"));
    assertEquals(50, levels.notification("other"));
  }

  /// What `value` means as a level, where 50 stands for: it is none, and the default applies.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "100 | 100 | 100 | 100",
        "-5 | -5 | -5 | -5",
        "'100' | 100 | 100 | 50",
        "'000100' | 100 | 100 | 50",
        "' +100 ' | 100 | 100 | 50",
        "' -100' | -100 | -100 | 50",
        "'1 00' | 50 | 50 | 50",
        "'12.5' | 50 | 50 | 50",
        "'' | 50 | 50 | 50",
        "'+' | 50 | 50 | 50",
        "50.57 | 50 | 50 | 50",
        "51.98 | 51 | 50 | 50",
        "-1.9 | -1 | 50 | 50",
        "5.114698E4 | 51146 | 50 | 50",
        "1e999 | 50 | 50 | 50",
        "1e300 | 9223372036854775807 | 50 | 50",
        "99999999999999999999 | 9223372036854775807 | 9223372036854775807 | 9223372036854775807",
        "'-99999999999999999999' | -9223372036854775808 | -9223372036854775808 | 50",
        "true | 50 | 50 | 50",
        "null | 50 | 50 | 50",
        "{} | 50 | 50 | 50"
      })
  void valuesAreReadAsTheVersionAllows(String value, long upTo5, long upTo9, long from10) {
    for (RoomVersion version : RoomVersions.all()) {
      int number = Integer.parseInt(version.id());
      long expected = number < 6 ? upTo5 : number < 10 ? upTo9 : from10;
      assertEquals(expected, levels(number, "{'ban':" + value + "}").ban(), "version " + version);
    }
  }

  @Test
  void creatorIsNamedByContentUntilVersion10AndBySenderAfter() {
    for (RoomVersion version : RoomVersions.all()) {
      Events room = new Events(version);
      room.put(ALICE, "m.room.create", "", "{'creator':'@bob:two'}");
      PowerLevels levels = PowerLevels.of(version, null, room.get(StateKey.CREATE));
      boolean bySender = Integer.parseInt(version.id()) >= 11;
      assertEquals(bySender, levels.isCreator(new UserId(ALICE)));
      assertEquals(!bySender, levels.isCreator(new UserId(BOB)));
    }
  }

  @Test
  void additionalCreatorsStandAboveAllInVersion12() {
    for (int number : new int[] {11, 12}) {
      Events room = new Events(version(number));
      room.put(ALICE, "m.room.create", "", "{'additional_creators':['@bob:two']}");
      room.powerLevels("{'users':{'@bob:two':5,'@carol:one':6}}");
      PowerLevels levels =
          PowerLevels.of(
              room.version(), room.get(StateKey.POWER_LEVELS), room.get(StateKey.CREATE));
      assertEquals(number == 12 ? PowerLevels.INFINITE : 5, levels.of(new UserId(BOB)));
      assertEquals(number == 12 ? PowerLevels.INFINITE : 0, levels.of(new UserId(ALICE)));
      assertEquals(6, levels.of(new UserId(CAROL)));
      assertEquals(number == 12, levels.isCreator(new UserId(BOB)));
    }
  }

  @Test
  void malformedMapsAreTakenForEmpty() {
    PowerLevels levels = levels(9, "{'users':[],'events':1,'notifications':null}");
    assertEquals(0, levels.of(new UserId(BOB)));
    assertEquals(50, levels.toSend("a", true));
    assertEquals(50, levels.notification("room"));
    assertFalse(levels.isCreator(new UserId(BOB)));
    assertTrue(levels.isCreator(new UserId(ALICE)));
  }

  private static PowerLevels levels(int number, String content) {
    Events room = Events.room(version(number)).powerLevels(content);
    return PowerLevels.of(
        room.version(), room.get(StateKey.POWER_LEVELS), room.get(StateKey.CREATE));
  }
}
