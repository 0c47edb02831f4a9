package dev.sotto.homeserver.accountdata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Topics;
import dev.sotto.homeserver.journal.Watch;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class AccountDataTest {
  private static final UserId ALICE = new UserId("@alice:example.org");
  private static final UserId BOB = new UserId("@bob:example.org");
  private static final RoomId ROOM = new RoomId("!room:example.org");
  private static final long ROOM_NUMBER = 7;

  private Database database;
  private Journal journal;
  private Users users;
  private AccountData accountData;

  @BeforeEach
  void open() {
    database = Database.inMemory(UUID.randomUUID().toString());
    journal = new Journal(database);
    users = new Users(database, journal);
    accountData =
        new AccountData(
            database,
            journal,
            users,
            room -> room.equals(ROOM) ? Optional.of(ROOM_NUMBER) : Optional.empty(),
            Map.of(
                AccountData.PUSH_RULES,
                user -> ("{\"of\":\"" + user + "\"}").getBytes(StandardCharsets.UTF_8)));
  }

  @AfterEach
  void close() {
    journal.close();
    database.close();
  }

  private static ObjectNode json(String json) {
    return Json.parseObject(json.replace('\'', '"'));
  }

  private static List<String> types(List<AccountDataEvent> events) {
    return events.stream().map(AccountDataEvent::type).toList();
  }

  private static void assertCode(ErrorCode code, int status, Runnable call) {
    MatrixException refused = assertThrows(MatrixException.class, call::run);
    assertEquals(code, refused.code());
    assertEquals(status, refused.status());
  }

  @Test
  void whatWasSetIsThereForItsUserAlone() {
    accountData.set(ALICE, "m.direct", json("{'a':[1]}"));
    accountData.set(ALICE, ROOM, "m.direct", json("{'b':2}"));
    assertEquals(json("{'a':[1]}"), accountData.get(ALICE, "m.direct").json());
    assertEquals(json("{'b':2}"), accountData.get(ALICE, ROOM, "m.direct").json());
    assertCode(ErrorCode.M_NOT_FOUND, 404, () -> accountData.get(BOB, "m.direct"));
    assertCode(ErrorCode.M_NOT_FOUND, 404, () -> accountData.get(BOB, ROOM, "m.direct"));
    assertCode(ErrorCode.M_NOT_FOUND, 404, () -> accountData.get(ALICE, "m.other"));
  }

  @Test
  void theServersOwnTypesCannotBeSet() {
    ObjectNode content = json("{}");
    assertCode(ErrorCode.M_BAD_JSON, 405, () -> accountData.set(ALICE, "m.push_rules", content));
    assertCode(
        ErrorCode.M_BAD_JSON, 405, () -> accountData.set(ALICE, ROOM, "m.fully_read", content));
    assertCode(ErrorCode.M_BAD_JSON, 405, () -> accountData.delete(ALICE, "m.push_rules"));
  }

  @Test
  void tooLongTypesAndUnknownRoomsAreRefused() {
    ObjectNode content = json("{}");
    assertCode(
        ErrorCode.M_INVALID_PARAM, 400, () -> accountData.set(ALICE, "x".repeat(256), content));
    assertCode(
        ErrorCode.M_NOT_FOUND,
        404,
        () -> accountData.set(ALICE, new RoomId("!other:example.org"), "m.x", content));
    content.put("big", "x".repeat(256 * 1024));
    assertCode(ErrorCode.M_TOO_LARGE, 413, () -> accountData.set(ALICE, "big", content));
  }

  @Test
  void aSyncHearsOfTheNewestContentOnce() {
    accountData.set(ALICE, "one", json("{'n':1}"));
    long from = journal.head();
    try (Watch watch = journal.watchers().watch(Topics.user(users.number(ALICE)))) {
      accountData.set(ALICE, "two", json("{'n':1}"));
      assertTrue(watch.await(Duration.ofSeconds(10)));
    }
    accountData.set(ALICE, "two", json("{'n':2}"));
    accountData.set(ALICE, ROOM, "three", json("{}"));
    accountData.set(BOB, "four", json("{}"));
    long to = journal.head();
    List<AccountDataEvent> changed = accountData.globalSince(ALICE, from, to);
    assertEquals(List.of("two"), types(changed));
    assertEquals(json("{'n':2}"), changed.getFirst().json());
    assertEquals(Set.of(ROOM_NUMBER), accountData.roomsSince(ALICE, from, to).keySet());
    assertEquals(List.of(), accountData.globalSince(ALICE, to, journal.head()));
    assertEquals(List.of("one", "two", "m.push_rules"), types(accountData.global(ALICE, to)));
    assertEquals(List.of("three"), types(accountData.room(ALICE, ROOM_NUMBER, to)));
    assertEquals(Set.of(ROOM_NUMBER), accountData.rooms(ALICE, to).keySet());
  }

  @Test
  void defaultsGiveWayToWhatIsStored() {
    assertEquals(
        json("{'of':'@alice:example.org'}"), accountData.get(ALICE, "m.push_rules").json());
    accountData.update(ALICE, "m.push_rules", before -> json("{'mine':true}"));
    assertEquals(json("{'mine':true}"), accountData.get(ALICE, "m.push_rules").json());
    assertEquals(1, accountData.global(ALICE, journal.head()).size());
  }

  @Test
  void whatIsDeletedIsGoneAndASyncShowsItEmpty() {
    accountData.set(ALICE, "one", json("{'n':1}"));
    accountData.set(ALICE, ROOM, "one", json("{'n':1}"));
    long from = journal.head();
    accountData.delete(ALICE, "one");
    accountData.delete(ALICE, ROOM, "one");
    assertCode(ErrorCode.M_NOT_FOUND, 404, () -> accountData.get(ALICE, "one"));
    assertCode(ErrorCode.M_NOT_FOUND, 404, () -> accountData.get(ALICE, ROOM, "one"));
    long to = journal.head();
    assertEquals(json("{}"), accountData.globalSince(ALICE, from, to).getFirst().json());
    assertEquals(Set.of(ROOM_NUMBER), accountData.roomsSince(ALICE, from, to).keySet());
    assertEquals(List.of("m.push_rules"), types(accountData.global(ALICE, to)));
    accountData.delete(ALICE, "never");
    assertEquals(to, journal.head());
  }

  @Test
  void tagsAreAddedChangedAndRemovedOneByOne() {
    Tags tags = new Tags(accountData);
    assertEquals(json("{}"), tags.of(ALICE, ROOM));
    tags.put(ALICE, ROOM, "m.favourite", json("{'order':0.5}"));
    tags.put(ALICE, ROOM, "u.work", json("{}"));
    tags.put(ALICE, ROOM, "u.work", json("{'order':1}"));
    assertEquals(json("{'m.favourite':{'order':0.5},'u.work':{'order':1}}"), tags.of(ALICE, ROOM));
    tags.delete(ALICE, ROOM, "m.favourite");
    tags.delete(ALICE, ROOM, "u.none");
    assertEquals(
        json("{'tags':{'u.work':{'order':1}}}"), accountData.get(ALICE, ROOM, "m.tag").json());
    ObjectNode text = json("{'order':'1'}");
    ObjectNode large = json("{'order':2}");
    assertCode(ErrorCode.M_BAD_JSON, 400, () -> tags.put(ALICE, ROOM, "u.x", text));
    assertCode(ErrorCode.M_BAD_JSON, 400, () -> tags.put(ALICE, ROOM, "u.x", large));
    assertCode(
        ErrorCode.M_INVALID_PARAM, 400, () -> tags.put(ALICE, ROOM, "ü".repeat(128), json("{}")));
  }

  @Test
  void ignoredUsersFollowTheAccountDataAtOnce() {
    IgnoredUsers ignored = new IgnoredUsers(accountData);
    assertEquals(Set.of(), ignored.of(ALICE));
    accountData.set(
        ALICE,
        "m.ignored_user_list",
        json("{'ignored_users':{'@bob:example.org':{},'nonsense':{}}}"));
    assertEquals(Set.of(BOB), ignored.of(ALICE));
    accountData.set(ALICE, "m.ignored_user_list", json("{'ignored_users':[]}"));
    assertEquals(Set.of(), ignored.of(ALICE));
  }

  @Test
  void anEndedAccountLeavesNothing() {
    IgnoredUsers ignored = new IgnoredUsers(accountData);
    accountData.set(
        ALICE, "m.ignored_user_list", json("{'ignored_users':{'@bob:example.org':{}}}"));
    accountData.set(ALICE, ROOM, "one", json("{}"));
    assertEquals(Set.of(BOB), ignored.of(ALICE));
    accountData.deleteAll(ALICE);
    assertEquals(Set.of(), ignored.of(ALICE));
    assertEquals(Map.of(), accountData.rooms(ALICE, journal.head()));
  }

  @Test
  void thereIsRoomForAThousandTypesAndNoMore() {
    ObjectNode content = json("{}");
    for (int i = 0; i < 1000; i++) {
      accountData.set(ALICE, "type" + i, content);
    }
    for (int i = 0; i < 200; i++) {
      accountData.set(ALICE, ROOM, "type" + i, content);
    }
    assertCode(
        ErrorCode.M_RESOURCE_LIMIT_EXCEEDED, 400, () -> accountData.set(ALICE, "more", content));
    assertCode(
        ErrorCode.M_RESOURCE_LIMIT_EXCEEDED,
        400,
        () -> accountData.set(ALICE, ROOM, "more", content));
    accountData.set(ALICE, "type7", json("{'n':1}"));
    accountData.set(ALICE, ROOM, "type7", json("{'n':1}"));
    accountData.set(BOB, "more", content);
    assertEquals(json("{'n':1}"), accountData.get(ALICE, "type7").json());
  }

  @Test
  void whatTheServerKeepsForAUserIsBoundedToo() {
    assertCode(
        ErrorCode.M_TOO_LARGE,
        413,
        () ->
            accountData.update(
                ALICE, "m.push_rules", _ -> json("{}").put("big", "x".repeat(1024 * 1024))));
  }
}
