package dev.sotto.homeserver.filters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilterTest {
  private static final UserId ALICE = new UserId("@alice:example.org");
  private static final UserId BOB = new UserId("@bob:example.org");
  private static final RoomId ROOM = new RoomId("!room:example.org");

  private static Filter filter(String json) {
    return Filter.of(Json.parseObject(json.replace('\'', '"')));
  }

  private static RoomEventFilter timeline(String json) {
    return filter("{'room':{'timeline':" + json + "}}").room().timeline();
  }

  private static boolean wants(RoomEventFilter filter, String type, UserId sender) {
    return filter.matches(type, sender, ROOM, () -> false);
  }

  @Test
  void anEmptyFilterWantsEverything() {
    assertTrue(wants(timeline("{}"), "m.room.message", ALICE));
    assertTrue(Filter.ALL.room().matches(ROOM));
    assertTrue(Filter.ALL.accountData().matches("m.direct"));
    assertEquals(7, Filter.ALL.room().timeline().limit(7));
    assertFalse(Filter.ALL.room().includeLeave());
  }

  @Test
  void typesMayHoldStars() {
    RoomEventFilter filter = timeline("{'types':['m.room.*','x*z','exact'],'not_types':['*.bad']}");
    assertTrue(wants(filter, "m.room.message", ALICE));
    assertTrue(wants(filter, "m.room.", ALICE));
    assertTrue(wants(filter, "xyzz", ALICE));
    assertTrue(wants(filter, "exact", ALICE));
    assertFalse(wants(filter, "exactly", ALICE));
    assertFalse(wants(filter, "xyz.", ALICE));
    assertFalse(wants(filter, "m.roomy", ALICE));
    assertFalse(wants(filter, "m.room.bad", ALICE));
  }

  @Test
  void anEmptyListOfTypesWantsNothing() {
    assertFalse(wants(timeline("{'types':[]}"), "m.room.message", ALICE));
    assertFalse(wants(timeline("{'senders':[]}"), "m.room.message", ALICE));
    assertTrue(wants(timeline("{'not_types':[],'not_senders':[]}"), "m.room.message", ALICE));
  }

  @Test
  void exclusionWinsOverInclusion() {
    String both = "['@alice:example.org']";
    RoomEventFilter filter = timeline("{'senders':" + both + ",'not_senders':" + both + "}");
    assertFalse(wants(filter, "m.room.message", ALICE));
    RoomEventFilter onlyAlice = timeline("{'senders':" + both + "}");
    assertTrue(wants(onlyAlice, "m.room.message", ALICE));
    assertFalse(wants(onlyAlice, "m.room.message", BOB));
    assertFalse(filter("{'account_data':{'senders':[]}}").accountData().matches("m.direct"));
  }

  @Test
  void roomsAndUrlsAreLookedAt() {
    RoomEventFilter elsewhere = timeline("{'not_rooms':['!room:example.org']}");
    assertFalse(wants(elsewhere, "m.room.message", ALICE));
    assertTrue(wants(timeline("{'contains_url':false}"), "m.room.message", ALICE));
    assertFalse(wants(timeline("{'contains_url':true}"), "m.room.message", ALICE));
    assertTrue(timeline("{'contains_url':true}").matches("m.image", ALICE, ROOM, () -> true));
    assertFalse(filter("{'room':{'rooms':[]}}").room().matches(ROOM));
  }

  @Test
  void onlyTheNamedFieldsAreKept() {
    EventFields fields =
        filter("{'event_fields':['content.body','type','content.a\\\\.b','no.such']}")
            .eventFields();
    assertNotNull(fields);
    var event =
        Json.parseObject(
            """
            {"type":"m.x","sender":"@a:b","content":{"body":"hi","a.b":{"c":[1]},"other":1}}""");
    assertEquals(
        Json.parseObject(
            """
            {"type":"m.x","content":{"body":"hi","a.b":{"c":[1]}}}"""),
        fields.keep(event));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'presence':'x'}",
        "{'room':[]}",
        "{'room':{'timeline':'x'}}",
        "{'room':{'state':1}}",
        "{'room':{'ephemeral':null}}",
        "{'room':{'timeline':{'rooms':'x'}}}",
        "{'room':{'timeline':{'rooms':['x']}}}",
        "{'room':{'timeline':{'senders':['x']}}}",
        "{'room':{'timeline':{'types':[1]}}}",
        "{'room':{'timeline':{'limit':-1}}}",
        "{'room':{'timeline':{'limit':1.5}}}",
        "{'room':{'timeline':{'limit':'1'}}}",
        "{'room':{'timeline':{'lazy_load_members':'yes'}}}",
        "{'room':{'include_leave':1}}",
        "{'event_fields':'type'}",
        "{'event_format':'xml'}"
      })
  void anIllTypedMemberIsRefused(String json) {
    MatrixException refused = assertThrows(MatrixException.class, () -> filter(json));
    assertEquals(ErrorCode.M_BAD_JSON, refused.code());
  }

  @Test
  void uploadedFiltersAreFoundByTheirUserOnly() {
    try (Database database = Database.inMemory(UUID.randomUUID().toString());
        Journal journal = new Journal(database)) {
      Filters filters = new Filters(database, journal, new Users(database, journal));
      var definition = Json.parseObject("{\"room\":{\"timeline\":{\"limit\":3}}}");
      String id = filters.define(ALICE, definition);
      assertEquals(id, filters.define(ALICE, definition));
      assertEquals(definition, filters.definition(ALICE, id));
      assertEquals(3, filters.resolve(ALICE, id).room().timeline().limit(10));
      assertThrows(MatrixException.class, () -> filters.definition(BOB, id));
      assertThrows(MatrixException.class, () -> filters.resolve(BOB, id));
      assertThrows(MatrixException.class, () -> filters.resolve(ALICE, "{nonsense"));
      assertEquals(
          4,
          filters
              .resolve(ALICE, "{\"room\":{\"timeline\":{\"limit\":4}}}")
              .room()
              .timeline()
              .limit(10));
    }
  }

  @Test
  void aUserHasAThousandFiltersAtMost() {
    try (Database database = Database.inMemory(UUID.randomUUID().toString());
        Journal journal = new Journal(database)) {
      Filters filters = new Filters(database, journal, new Users(database, journal));
      for (int i = 0; i < 1000; i++) {
        filters.define(ALICE, Json.object().put("n", i));
      }
      MatrixException refused =
          assertThrows(
              MatrixException.class, () -> filters.define(ALICE, Json.object().put("n", 1000)));
      assertEquals(ErrorCode.M_RESOURCE_LIMIT_EXCEEDED, refused.code());
      filters.define(ALICE, Json.object().put("n", 7));
      filters.define(BOB, Json.object().put("n", 1000));
    }
  }
}
