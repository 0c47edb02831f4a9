package dev.sotto.protocol.rules;

import static dev.sotto.protocol.rules.Events.json;
import static dev.sotto.protocol.rules.Events.version;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.protocol.event.Event;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.EventId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/// @spec https://spec.matrix.org/v1.19/rooms/v11/#redactions
class RedactionTest {

  /// What is left of a content, in a range of versions.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "1-12 | m.room.message | {'body':'a','membership':'join'} | {}",
        "1-12 | m.room.topic | {'topic':'a'} | {}",
        "1-12 | m.room.name | {'name':'a'} | {}",
        "1-12 | m.room.encryption | {'algorithm':'m.megolm.v1.aes-sha2'} | {}",
        "1-12 | m.room.history_visibility | {'history_visibility':'shared','x':1} "
            + "| {'history_visibility':'shared'}",
        "1-5 | m.room.aliases | {'aliases':['#a:b'],'x':1} | {'aliases':['#a:b']}",
        "6-12 | m.room.aliases | {'aliases':['#a:b'],'x':1} | {}",
        "1-7 | m.room.join_rules | {'join_rule':'restricted','allow':[],'x':1} "
            + "| {'join_rule':'restricted'}",
        "8-12 | m.room.join_rules | {'join_rule':'restricted','allow':[],'x':1} "
            + "| {'join_rule':'restricted','allow':[]}",
        "1-8 | m.room.member "
            + "| {'membership':'join','displayname':'a','join_authorised_via_users_server':'@a:b'} "
            + "| {'membership':'join'}",
        "9-12 | m.room.member "
            + "| {'membership':'join','displayname':'a','join_authorised_via_users_server':'@a:b'} "
            + "| {'membership':'join','join_authorised_via_users_server':'@a:b'}",
        "1-10 | m.room.member "
            + "| {'membership':'invite','third_party_invite':{'signed':{'token':'t'},"
            + "'display_name':'d'}} | {'membership':'invite'}",
        "11-12 | m.room.member "
            + "| {'membership':'invite','third_party_invite':{'signed':{'token':'t'},"
            + "'display_name':'d'}} "
            + "| {'membership':'invite','third_party_invite':{'signed':{'token':'t'}}}",
        "11-12 | m.room.member | {'membership':'invite','third_party_invite':'x'} "
            + "| {'membership':'invite'}",
        "1-10 | m.room.create | {'creator':'@a:b','room_version':'9','m.federate':false} "
            + "| {'creator':'@a:b'}",
        "11-12 | m.room.create | {'creator':'@a:b','room_version':'9','m.federate':false} "
            + "| {'creator':'@a:b','room_version':'9','m.federate':false}",
        "1-10 | m.room.redaction | {'redacts':'$a','reason':'r'} | {}",
        "11-12 | m.room.redaction | {'redacts':'$a','reason':'r'} | {'redacts':'$a'}",
        "1-10 | m.room.power_levels | {'ban':1,'events':{'a':1},'events_default':1,'invite':1,"
            + "'kick':1,'notifications':{'room':1},'redact':1,'state_default':1,'users':{},"
            + "'users_default':1} | {'ban':1,'events':{'a':1},'events_default':1,'kick':1,"
            + "'redact':1,'state_default':1,'users':{},'users_default':1}",
        "11-12 | m.room.power_levels | {'ban':1,'events':{'a':1},'events_default':1,'invite':1,"
            + "'kick':1,'notifications':{'room':1},'redact':1,'state_default':1,'users':{},"
            + "'users_default':1} | {'ban':1,'events':{'a':1},'events_default':1,'invite':1,"
            + "'kick':1,'redact':1,'state_default':1,'users':{},'users_default':1}",
      })
  void contentKeepsWhatItsTypeNeeds(String versions, String type, String content, String left) {
    String[] range = versions.split("-", -1);
    for (int n = Integer.parseInt(range[0]); n <= Integer.parseInt(range[1]); n++) {
      ObjectNode event = json("{}");
      event.put("type", type).set("content", json(content));
      ObjectNode redacted = Redaction.redact(version(n), event);
      assertEquals(json(left), redacted.get("content"), "version " + n);
      assertEquals(json(content), event.get("content"), "the event itself is not touched");
    }
  }

  @Test
  void topLevelKeepsTheKeysOfTheVersion() {
    String always =
        "'event_id':'$a','type':'x','room_id':'!a','sender':'@a:b','state_key':'','content':{},"
            + "'hashes':{},'signatures':{},'depth':1,'prev_events':[],'auth_events':[],"
            + "'origin_server_ts':1";
    String until10 = "'prev_state':[],'origin':'b','membership':'join'";
    ObjectNode event =
        json("{" + always + "," + until10 + ",'redacts':'$b','unsigned':{'age':1},'x':1}");
    for (RoomVersion version : RoomVersions.all()) {
      boolean old = Integer.parseInt(version.id()) <= 10;
      assertEquals(
          json("{" + always + (old ? "," + until10 : "") + "}"), Redaction.redact(version, event));
    }
  }

  @Test
  void malformedEventsAreStrippedAllTheSame() {
    assertEquals(json("{'type':1}"), Redaction.redact(version(1), json("{'type':1,'x':1}")));
    assertEquals(json("{'content':[1]}"), Redaction.redact(version(12), json("{'content':[1]}")));
    assertEquals(
        json("{'content':{}}"), Redaction.redact(version(12), json("{'content':{'a':1}}")));
  }

  @Test
  void targetIsReadWhereTheVersionPutsIt() {
    Events old = Events.room(version(10));
    Event outer =
        old.event(
            Events.BOB, "m.room.redaction", null, "{'redacts':'$inner'}", "{'redacts':'$outer'}");
    assertEquals(new EventId("$outer"), Redaction.target(version(10), outer));
    assertEquals(new EventId("$inner"), Redaction.target(version(11), outer));
    assertEquals(new EventId("$outer"), outer.redacts());
    Event inner = old.event(Events.BOB, "m.room.redaction", null, "{'redacts':'$inner'}");
    assertNull(Redaction.target(version(10), inner));
    assertEquals(new EventId("$inner"), inner.redacts());
    for (String content : new String[] {"{}", "{'redacts':1}", "{'redacts':'nothing'}"}) {
      Event none = old.event(Events.BOB, "m.room.redaction", null, content);
      assertNull(Redaction.target(version(11), none));
      assertNull(none.redacts());
    }
    Event message = old.event(Events.BOB, "m.room.message", null, "{'redacts':'$inner'}");
    assertNull(message.redacts());
    assertNull(Redaction.target(version(11), message));
  }

  @Test
  void redactionTakesEffectForModeratorsAndTheSendersServer() {
    Events room = Events.room(version(11)).powerLevels("{'users':{'@alice:one':50}}");
    PowerLevels levels =
        PowerLevels.of(room.version(), room.get(StateKey.POWER_LEVELS), room.get(StateKey.CREATE));
    Event target = room.event("@dave:two", "m.room.message", null, "{}");
    assertTrue(applies(room, levels, Events.ALICE, target));
    assertTrue(applies(room, levels, Events.BOB, target), "of the same server");
    assertFalse(applies(room, levels, Events.CAROL, target));
    assertTrue(
        Redaction.applies(
            version(1), room.event(Events.CAROL, "m.room.redaction", null, "{}"), target, levels),
        "decided by the authorization rules");
  }

  private static boolean applies(Events room, PowerLevels levels, String sender, Event target) {
    Event redaction = room.event(sender, "m.room.redaction", null, "{}");
    return Redaction.applies(room.version(), redaction, target, levels);
  }
}
