package dev.sotto.protocol.rules;

import static dev.sotto.protocol.rules.Events.ALICE;
import static dev.sotto.protocol.rules.Events.BOB;
import static dev.sotto.protocol.rules.Events.CAROL;
import static dev.sotto.protocol.rules.Events.version;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.protocol.event.Event;
import dev.sotto.protocol.event.StateKey;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The rules for `m.room.member`.
class MembershipRulesTest {
  private static final List<String> MEMBERSHIPS =
      List.of("none", "invite", "join", "knock", "leave", "ban");

  /// In which memberships one may join, by join rule and range of versions.
  @ParameterizedTest
  @CsvSource({
    "1-12, public, none invite join knock leave",
    "1-12, invite, invite join",
    "1-12, private, ''",
    "1-12, other, ''",
    "1-6, knock, ''",
    "7-12, knock, invite join",
    "1-7, restricted, ''",
    "8-12, restricted, invite join",
    "1-9, knock_restricted, ''",
    "10-12, knock_restricted, invite join"
  })
  void joiningFollowsTheJoinRule(String versions, String rule, String welcome) {
    for (RoomVersion version : range(versions)) {
      for (String membership : MEMBERSHIPS) {
        Events room = room(version, membership).joinRule(rule);
        assertEquals(
            List.of(welcome.split(" ")).contains(membership),
            room.allowsMembership(BOB, BOB, "join"),
            version + " " + rule + " " + membership);
        assertFalse(room.allowsMembership(CAROL, BOB, "join"), "in another's name");
      }
    }
  }

  @Test
  void withoutAJoinRuleOnlyTheInvitedJoin() {
    for (RoomVersion version : RoomVersions.all()) {
      assertTrue(room(version, "invite").allowsMembership(BOB, BOB, "join"));
      assertFalse(room(version, "leave").allowsMembership(BOB, BOB, "join"));
    }
  }

  @ParameterizedTest
  @CsvSource({"8-12, restricted", "10-12, knock_restricted"})
  void restrictedRoomIsJoinedOnTheWordOfAMemberWhoMayInvite(String versions, String rule) {
    for (RoomVersion version : range(versions)) {
      Events room =
          room(version, "none")
              .joinRule(rule)
              .member(CAROL, "join")
              .powerLevels("{'invite':20,'users':{'@carol:one':20,'@dave:one':100}}");
      assertTrue(room.allows(BOB, "m.room.member", BOB, via(CAROL)));
      assertFalse(room.allows(BOB, "m.room.member", BOB, via("@dave:one")), "not in the room");
      assertFalse(room.allows(BOB, "m.room.member", BOB, via("dave")), "no user");
      assertFalse(room.allows(BOB, "m.room.member", BOB, "{'membership':'join'}"));
      room.powerLevels("{'invite':20,'users':{'@carol:one':19}}");
      assertFalse(room.allows(BOB, "m.room.member", BOB, via(CAROL)), "may not invite");
      room.powerLevels("{'invite':0}").member(BOB, "ban");
      assertFalse(room.allows(BOB, "m.room.member", BOB, via(CAROL)), "banned");
    }
  }

  private static String via(String user) {
    return "{'membership':'join','join_authorised_via_users_server':'" + user + "'}";
  }

  @Test
  void creatorEntersRightAfterTheCreation() {
    for (RoomVersion version : RoomVersions.all()) {
      Events room = new Events(version);
      room.put(ALICE, "m.room.create", "", "{'creator':'@alice:one'}");
      String id = room.get(StateKey.CREATE).id().value();
      String afterCreate = "{'prev_events':['" + id + "']}";
      String join = "{'membership':'join'}";
      assertTrue(isAllowed(room, room.event(ALICE, "m.room.member", ALICE, join, afterCreate)));
      assertFalse(isAllowed(room, room.event(BOB, "m.room.member", BOB, join, afterCreate)));
      assertFalse(isAllowed(room, room.event(ALICE, "m.room.member", ALICE, join)), "later");
      String invite = "{'membership':'invite'}";
      assertFalse(isAllowed(room, room.event(ALICE, "m.room.member", ALICE, invite, afterCreate)));
    }
  }

  private static boolean isAllowed(Events room, Event event) {
    return room.check(event).isAllowed();
  }

  /// Whether Alice (100) may set Bob's membership, by what he is.
  @ParameterizedTest
  @CsvSource({
    "invite, none invite knock leave",
    "leave, none invite join knock leave ban",
    "ban, none invite join knock leave ban",
    "join, ''",
    "knock, ''"
  })
  void administratorSetsMemberships(String membership, String from) {
    for (RoomVersion version : RoomVersions.all()) {
      for (String current : MEMBERSHIPS) {
        assertEquals(
            List.of(from.split(" ")).contains(current),
            room(version, current).allowsMembership(ALICE, BOB, membership),
            version + " " + current + " to " + membership);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1-6, invite join", "7-12, invite join knock"})
  void oneLeavesWhatOneIsIn(String versions, String from) {
    for (RoomVersion version : range(versions)) {
      for (String current : MEMBERSHIPS) {
        assertEquals(
            List.of(from.split(" ")).contains(current),
            room(version, current).allowsMembership(BOB, BOB, "leave"),
            version + " " + current);
      }
    }
  }

  @Test
  void onlyMembersSetOthersMemberships() {
    for (RoomVersion version : RoomVersions.all()) {
      Events room = Events.room(version).powerLevels("{'users':{'@carol:one':100}}");
      for (String current : MEMBERSHIPS) {
        if (!current.equals("none")) {
          room.member(CAROL, current);
        }
        boolean inside = current.equals("join");
        assertEquals(inside, room.allowsMembership(CAROL, BOB, "invite"), current);
        assertEquals(inside, room.allowsMembership(CAROL, BOB, "leave"), current);
        assertEquals(inside, room.allowsMembership(CAROL, BOB, "ban"), current);
      }
    }
  }

  /// Carol's level against what an act takes, and against Bob's.
  @ParameterizedTest
  @CsvSource({
    "invite, none, 30, 0, true",
    "invite, none, 29, 0, false",
    "invite, none, 30, 90, true",
    "leave, join, 40, 39, true",
    "leave, join, 40, 40, false",
    "leave, join, 39, 0, false",
    "ban, join, 50, 49, true",
    "ban, join, 50, 50, false",
    "ban, join, 49, 0, false",
    "leave, ban, 50, 0, true",
    "leave, ban, 49, 0, false",
    "leave, ban, 50, 50, false"
  })
  void actsTakeTheirLevels(String act, String current, int carol, int bob, boolean allowed) {
    for (RoomVersion version : RoomVersions.all()) {
      Events room =
          room(version, current)
              .member(CAROL, "join")
              .powerLevels(
                  "{'invite':30,'kick':40,'ban':50,'users':{'@carol:one':%d,'@bob:two':%d}}"
                      .formatted(carol, bob));
      assertEquals(allowed, room.allowsMembership(CAROL, BOB, act), "version " + version);
    }
  }

  @Test
  void unbanningTakesTheKickLevelToo() {
    Events room =
        room(version(10), "ban")
            .member(CAROL, "join")
            .powerLevels("{'kick':60,'ban':50,'users':{'@carol:one':55}}");
    assertFalse(room.allowsMembership(CAROL, BOB, "leave"));
  }

  @ParameterizedTest
  @CsvSource({
    "1-6, knock, ''",
    "7-12, knock, none leave knock",
    "7-9, knock_restricted, ''",
    "10-12, knock_restricted, none leave knock",
    "1-12, public, ''",
    "1-12, invite, ''",
    "8-12, restricted, ''"
  })
  void knockingFollowsTheJoinRule(String versions, String rule, String from) {
    for (RoomVersion version : range(versions)) {
      for (String current : MEMBERSHIPS) {
        Events room = room(version, current).joinRule(rule).member(CAROL, "join");
        assertEquals(
            List.of(from.split(" ")).contains(current),
            room.allowsMembership(BOB, BOB, "knock"),
            version + " " + rule + " " + current);
        assertFalse(room.allowsMembership(CAROL, BOB, "knock"), "in another's name");
      }
    }
  }

  @Test
  void malformedMembershipsAreRefused() {
    for (RoomVersion version : RoomVersions.all()) {
      Events room = room(version, "join").joinRule("public");
      for (String content :
          List.of("{}", "{'membership':1}", "{'membership':''}", "{'membership':'JOIN'}")) {
        assertFalse(room.allows(BOB, "m.room.member", BOB, content), content);
      }
      assertFalse(room.allows(BOB, "m.room.member", null, "{'membership':'join'}"));
      assertFalse(room.allows(ALICE, "m.room.member", "bob", "{'membership':'invite'}"));
    }
  }

  /// A room of Alice's in which Bob is what `membership` says.
  private static Events room(RoomVersion version, @Nullable String membership) {
    Events room = Events.room(version);
    return "none".equals(membership) || membership == null ? room : room.member(BOB, membership);
  }

  private static List<RoomVersion> range(String versions) {
    String[] ends = versions.split("-");
    return RoomVersions.all().stream()
        .filter(version -> Integer.parseInt(version.id()) >= Integer.parseInt(ends[0]))
        .filter(version -> Integer.parseInt(version.id()) <= Integer.parseInt(ends[1]))
        .toList();
  }
}
