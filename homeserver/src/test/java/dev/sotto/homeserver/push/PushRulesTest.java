package dev.sotto.homeserver.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.homeserver.accountdata.AccountData;
import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class PushRulesTest {
  private static final UserId ALICE = new UserId("@alice:example.org");
  private static final UserId BOB = new UserId("@bob:example.org");

  private final PretendRoom room = new PretendRoom();
  private Database database;
  private Journal journal;
  private AccountData accountData;
  private PushRules rules;

  @BeforeEach
  void open() {
    database = Database.inMemory(UUID.randomUUID().toString());
    journal = new Journal(database);
    accountData =
        new AccountData(
            database,
            journal,
            new Users(database, journal),
            _ -> Optional.empty(),
            Map.of(AccountData.PUSH_RULES, PushRules::defaults));
    rules = new PushRules(accountData);
  }

  @AfterEach
  void close() {
    journal.close();
    database.close();
  }

  private static ObjectNode json(String json) {
    return Json.parseObject(json.replace('\'', '"'));
  }

  private void put(RuleKind kind, String id, String body) {
    rules.put(ALICE, kind, id, json(body), null, null);
  }

  private List<String> ids(RuleKind kind) {
    return StreamSupport.stream(rules.all(ALICE).path(kind.id()).spliterator(), false)
        .map(rule -> rule.path("rule_id").asString(""))
        .toList();
  }

  /// `-`, `notify` or `highlight`, as alice's rules decide on bob's event.
  private String verdict(String type, String content) {
    return verdict(room.event(BOB, type, content));
  }

  private String verdict(UnreadEvent event) {
    Verdict verdict = rules.evaluate(ALICE, event, room);
    if (verdict == null || !verdict.notifies()) {
      return "-";
    }
    return verdict.highlight() ? "highlight" : "notify";
  }

  private static void assertCode(ErrorCode code, Runnable call) {
    assertEquals(code, assertThrows(MatrixException.class, call::run).code());
  }

  @Test
  void theDefaultRulesAreThoseOfTheSpecificationInItsOrder() {
    assertEquals(
        List.of(
            ".m.rule.master",
            ".m.rule.suppress_notices",
            ".m.rule.invite_for_me",
            ".m.rule.member_event",
            ".m.rule.is_user_mention",
            ".m.rule.is_room_mention",
            ".m.rule.tombstone",
            ".m.rule.reaction",
            ".m.rule.room.server_acl",
            ".m.rule.suppress_edits"),
        ids(RuleKind.OVERRIDE));
    assertEquals(
        List.of(
            ".m.rule.call",
            ".m.rule.encrypted_room_one_to_one",
            ".m.rule.room_one_to_one",
            ".m.rule.message",
            ".m.rule.encrypted"),
        ids(RuleKind.UNDERRIDE));
    assertEquals(
        json(
            """
            {"rule_id":".m.rule.is_user_mention","default":true,"enabled":true,"conditions":[
            {"kind":"event_property_contains","key":"content.m\\\\.mentions.user_ids",
            "value":"@alice:example.org"}],"actions":["notify",
            {"set_tweak":"sound","value":"default"},{"set_tweak":"highlight"}]}"""),
        rules.get(ALICE, RuleKind.OVERRIDE, ".m.rule.is_user_mention").json());
    assertEquals(false, rules.get(ALICE, RuleKind.OVERRIDE, ".m.rule.master").enabled());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          m.room.message   | {'msgtype':'m.text','body':'hi'}                        | notify
          m.room.message   | {'msgtype':'m.notice','body':'hi'}                      | -
          m.room.encrypted | {}                                                      | notify
          m.room.encrypted | {'m.relates_to':{'rel_type':'m.replace'}}               | -
          m.room.encrypted | {'m.mentions':{'user_ids':['@alice:example.org']}}      | highlight
          m.room.encrypted | {'m.mentions':{'user_ids':['@carol:example.org']}}      | notify
          m.room.encrypted | {'m.mentions':{'room':true}}                            | highlight
          m.room.encrypted | {'m.mentions':{'room':'true'}}                          | notify
          m.call.invite    | {}                                                      | notify
          m.reaction       | {}                                                      | -
          m.room.redaction | {}                                                      | -
          m.room.topic     | {}                                                      | -
          """)
  void theDefaultRulesDecide(String type, String content, String expected) {
    room.members = 3;
    assertEquals(expected, verdict(type, content));
  }

  @Test
  void stateIsToldOfWhereARuleAsksForIt() {
    assertEquals("highlight", verdict(room.state(BOB, "m.room.tombstone", "", "{}")));
    assertEquals("-", verdict(room.state(BOB, "m.room.tombstone", "x", "{}")));
    assertEquals(
        "notify",
        verdict(room.state(BOB, "m.room.member", "@alice:example.org", "{'membership':'invite'}")));
    assertEquals(
        "-",
        verdict(room.state(BOB, "m.room.member", "@carol:example.org", "{'membership':'invite'}")));
  }

  @Test
  void onlyWhoMayNotifiesTheWholeRoom() {
    room.mayNotify = false;
    assertEquals("notify", verdict("m.room.message", "{'m.mentions':{'room':true}}"));
  }

  @Test
  void aRoomOfTwoSoundsAndAnotherDoesNot() {
    room.members = 2;
    Verdict two = rules.evaluate(ALICE, room.event(BOB, "m.room.encrypted", "{}"), room);
    assertNotNull(two);
    assertEquals(2, two.actions().size());
    room.members = 3;
    Verdict three = rules.evaluate(ALICE, room.event(BOB, "m.room.encrypted", "{}"), room);
    assertNotNull(three);
    assertEquals(1, three.actions().size());
    assertNull(rules.evaluate(ALICE, room.event(BOB, "org.example.other", "{}"), room));
  }

  @Test
  void anOwnRuleStandsAboveTheDefaultOnesAndBelowTheMaster() {
    put(RuleKind.OVERRIDE, "one", "{'actions':[]}");
    put(RuleKind.OVERRIDE, "two", "{'actions':['notify']}");
    assertEquals(List.of(".m.rule.master", "two", "one"), ids(RuleKind.OVERRIDE).subList(0, 3));
    assertEquals("notify", verdict("m.reaction", "{}"));
    rules.setEnabled(ALICE, RuleKind.OVERRIDE, ".m.rule.master", true);
    assertEquals("-", verdict("m.reaction", "{}"));
  }

  @Test
  void rulesArePlacedBeforeAndAfterOthers() {
    for (String id : List.of("a", "b", "c")) {
      put(RuleKind.CONTENT, id, "{'actions':[],'pattern':'x'}");
    }
    ObjectNode body = json("{'actions':['notify'],'pattern':'y'}");
    rules.put(ALICE, RuleKind.CONTENT, "d", body, "b", null);
    assertEquals(List.of("c", "d", "b", "a"), ids(RuleKind.CONTENT));
    rules.put(ALICE, RuleKind.CONTENT, "c", body, null, "a");
    assertEquals(List.of("d", "b", "a", "c"), ids(RuleKind.CONTENT));
    rules.put(ALICE, RuleKind.CONTENT, "a", body, null, null);
    assertEquals(List.of("d", "b", "a", "c"), ids(RuleKind.CONTENT));
    assertCode(
        ErrorCode.M_UNKNOWN, () -> rules.put(ALICE, RuleKind.CONTENT, "e", body, "none", null));
    assertCode(
        ErrorCode.M_UNKNOWN,
        () -> rules.put(ALICE, RuleKind.OVERRIDE, "e", body, ".m.rule.reaction", null));
    assertEquals(4, ids(RuleKind.CONTENT).size());
  }

  @Test
  void aChangedRuleStaysSwitchedOff() {
    put(RuleKind.CONTENT, "a", "{'actions':[],'pattern':'x'}");
    rules.setEnabled(ALICE, RuleKind.CONTENT, "a", false);
    put(RuleKind.CONTENT, "a", "{'actions':['notify'],'pattern':'cake'}");
    assertEquals(false, rules.get(ALICE, RuleKind.CONTENT, "a").enabled());
    assertEquals("cake", rules.get(ALICE, RuleKind.CONTENT, "a").pattern());
  }

  @Test
  void defaultRulesCanBeSwitchedAndRetunedButNotRemoved() {
    assertEquals("notify", verdict("m.room.message", "{}"));
    rules.setEnabled(ALICE, RuleKind.UNDERRIDE, ".m.rule.room_one_to_one", false);
    ArrayNode loud = (ArrayNode) json("{'a':['notify',{'set_tweak':'highlight'}]}").get("a");
    rules.setActions(ALICE, RuleKind.UNDERRIDE, ".m.rule.message", loud);
    assertEquals("highlight", verdict("m.room.message", "{}"));
    assertCode(
        ErrorCode.M_NOT_FOUND, () -> rules.delete(ALICE, RuleKind.UNDERRIDE, ".m.rule.message"));
    assertCode(
        ErrorCode.M_NOT_FOUND,
        () -> rules.setEnabled(ALICE, RuleKind.OVERRIDE, ".m.rule.message", true));
  }

  @Test
  void roomSenderAndWordRulesApplyInTheirOrder() {
    put(RuleKind.SENDER, BOB.value(), "{'actions':[]}");
    assertEquals("-", verdict("m.room.message", "{'body':'hi'}"));
    put(RuleKind.ROOM, room.id().value(), "{'actions':['notify']}");
    assertEquals("notify", verdict("m.room.message", "{'body':'hi'}"));
    put(
        RuleKind.CONTENT,
        "cake",
        "{'pattern':'cake','actions':['notify',{'set_tweak':'highlight'}]}");
    assertEquals("highlight", verdict("m.room.message", "{'body':'no cake?'}"));
    rules.delete(ALICE, RuleKind.CONTENT, "cake");
    assertEquals("notify", verdict("m.room.message", "{'body':'no cake?'}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'kind':'event_match','key':'room_id','pattern':'!room:example.org'}         | true
          {'kind':'event_match','key':'sender','pattern':'@bob:*'}                     | true
          {'kind':'event_match','key':'content.n','pattern':'*'}                       | false
          {'kind':'event_match','key':'content.none','pattern':'*'}                    | false
          {'kind':'event_match','key':'content.body','pattern':'word'}                 | true
          {'kind':'event_match','key':'content.body'}                                  | false
          {'kind':'event_property_is','key':'content.n','value':3}                     | true
          {'kind':'event_property_is','key':'content.n','value':'3'}                   | false
          {'kind':'event_property_is','key':'content.none','value':null}               | false
          {'kind':'event_property_is','key':'content.null','value':null}               | true
          {'kind':'event_property_is','key':'content.body','value':'word'}             | false
          {'kind':'event_property_contains','key':'content.list','value':2}            | true
          {'kind':'event_property_contains','key':'content.list','value':4}            | false
          {'kind':'event_property_contains','key':'content.body','value':'a'}          | false
          {'kind':'room_member_count','is':'2'}                                        | true
          {'kind':'room_member_count','is':'>2'}                                       | false
          {'kind':'room_member_count','is':'<=2'}                                      | true
          {'kind':'room_member_count','is':'two'}                                      | false
          {'kind':'contains_display_name'}                                             | true
          {'kind':'org.example.unknown'}                                               | false
          """)
  void conditionsHoldAsTheSpecificationSays(String condition, boolean holds) {
    put(RuleKind.OVERRIDE, "r", "{'actions':['notify'],'conditions':[" + condition + "]}");
    assertEquals(
        holds ? "notify" : "-",
        verdict(
            "org.example.other",
            "{'body':'a word for Alice (A.)','n':3,'null':null,'list':[1,2]}"));
  }

  @Test
  void illFormedRulesAreRefused() {
    assertCode(ErrorCode.M_MISSING_PARAM, () -> put(RuleKind.OVERRIDE, "r", "{}"));
    assertCode(ErrorCode.M_BAD_JSON, () -> put(RuleKind.OVERRIDE, "r", "{'actions':'notify'}"));
    assertCode(
        ErrorCode.M_INVALID_PARAM, () -> put(RuleKind.OVERRIDE, "r", "{'actions':['shout']}"));
    assertCode(ErrorCode.M_INVALID_PARAM, () -> put(RuleKind.CONTENT, "r", "{'actions':[]}"));
    assertCode(
        ErrorCode.M_INVALID_PARAM,
        () -> put(RuleKind.OVERRIDE, "r", "{'actions':[],'conditions':[{'key':'x'}]}"));
    for (String id : List.of(".dot", "a/b", "a\\b", "")) {
      assertCode(ErrorCode.M_INVALID_PARAM, () -> put(RuleKind.ROOM, id, "{'actions':[]}"));
    }
  }

  @Test
  void actionsOfOlderVersionsAreLeftOut() {
    put(RuleKind.ROOM, "!r:example.org", "{'actions':['dont_notify','coalesce']}");
    assertEquals(0, rules.get(ALICE, RuleKind.ROOM, "!r:example.org").actions().size());
  }

  @Test
  void aSyncIsToldTheWholeRulesetAfterAChange() {
    long from = journal.head();
    put(RuleKind.ROOM, "!r:example.org", "{'actions':[]}");
    var changed = accountData.globalSince(ALICE, from, journal.head());
    assertEquals(1, changed.size());
    assertEquals(rules.all(ALICE), Json.parseObject(changed.getFirst().content()).get("global"));
  }

  @Test
  void defaultRulesAddedSinceTheRulesWereStoredAreThere() {
    accountData.update(
        ALICE,
        AccountData.PUSH_RULES,
        _ ->
            json(
                """
                {"global":{"override":[{"rule_id":".m.rule.reaction","default":true,"enabled":false,
                "actions":["notify"]},{"rule_id":".m.rule.gone","default":true,"enabled":true,
                "actions":[]},{"rule_id":"own","default":false,"enabled":true,"actions":[],
                "conditions":[]}]}}"""));
    assertEquals(11, ids(RuleKind.OVERRIDE).size());
    assertEquals("own", ids(RuleKind.OVERRIDE).get(1));
    @Nullable PushRule reaction = rules.get(ALICE, RuleKind.OVERRIDE, ".m.rule.reaction");
    assertEquals(false, reaction.enabled());
    assertEquals(1, reaction.actions().size());
  }
}
