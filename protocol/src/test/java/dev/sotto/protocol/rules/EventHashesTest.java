package dev.sotto.protocol.rules;

import static dev.sotto.protocol.rules.Events.json;
import static dev.sotto.protocol.rules.Events.version;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.protocol.crypto.SigningKey;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.Event;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.ServerName;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class EventHashesTest {
  private static final String MESSAGE =
      """
      {'type':'m.room.message','room_id':'!r:d','sender':'@a:d','content':{'body':'hi'},
       'depth':2,'origin_server_ts':1,'prev_events':[],'auth_events':[],'event_id':'$x:d'}
      """;

  @Test
  void idFollowsTheRuleOfTheVersion() {
    ObjectNode event = json(MESSAGE);
    assertEquals(new EventId("$x:d"), EventHashes.idOf(version(1), event));
    assertEquals(new EventId("$x:d"), EventHashes.idOf(version(2), event));
    String plain = EventHashes.idOf(version(3), event).value();
    String urlSafe = EventHashes.idOf(version(4), event).value();
    assertEquals(44, plain.length());
    assertEquals(urlSafe, plain.replace('+', '-').replace('/', '_'));
  }

  @Test
  void eventOfOldRoomsMustNameItself() {
    ObjectNode event = json(MESSAGE);
    event.remove("event_id");
    assertThrows(MatrixException.class, () -> EventHashes.idOf(version(1), event));
  }

  @Test
  void referenceHashCoversTheContentByItsHash() {
    ObjectNode event = EventHashes.withContentHash(version(10), json(MESSAGE));
    ObjectNode other = json(MESSAGE);
    other.putObject("content").put("body", "ho");
    assertArrayEquals(
        EventHashes.referenceHash(version(10), json(MESSAGE)),
        EventHashes.referenceHash(version(10), other),
        "without content hashes the content counts for nothing");
    EventHashes.withContentHash(version(10), other);
    assertNotEquals(EventHashes.idOf(version(10), event), EventHashes.idOf(version(10), other));
  }

  @Test
  void signaturesAndUnsignedChangeNoHash() {
    RoomVersion version = version(12);
    ObjectNode event = EventHashes.withContentHash(version, json(MESSAGE));
    EventId id = EventHashes.idOf(version, event);
    event.putObject("unsigned").put("age", 1);
    SigningKey key = SigningKey.of("ed25519:1", new byte[32]);
    EventSignatures.sign(version, event, new ServerName("d"), key);
    assertEquals(id, EventHashes.idOf(version, event));
    assertTrue(EventHashes.contentHashMatches(version, event));
    assertTrue(
        EventSignatures.verify(version, event, new ServerName("d"), "ed25519:1", key.verifyKey()));
    assertTrue(
        EventSignatures.verify(
            version,
            Redaction.redact(version, event),
            new ServerName("d"),
            "ed25519:1",
            key.verifyKey()),
        "a signature survives redaction");
  }

  @Test
  void changedContentNoLongerMatches() {
    ObjectNode event = EventHashes.withContentHash(version(10), json(MESSAGE));
    event.putObject("content").put("body", "ho");
    assertFalse(EventHashes.contentHashMatches(version(10), event));
    assertFalse(EventHashes.contentHashMatches(version(10), json("{}")));
    assertFalse(EventHashes.contentHashMatches(version(10), json("{'hashes':{'sha256':1}}")));
    assertFalse(EventHashes.contentHashMatches(version(10), json("{'hashes':{'sha256':'!'}}")));
  }

  @Test
  void roomIsNamedAfterItsCreateEventInVersion12Alone() {
    ObjectNode create =
        json("{'type':'m.room.create','state_key':'','sender':'@a:d','content':{}}");
    EventId id = EventHashes.idOf(version(12), create);
    assertEquals(
        new RoomId("!" + id.value().substring(1)), EventHashes.roomIdOfCreate(version(12), create));
    assertThrows(
        IllegalArgumentException.class, () -> EventHashes.roomIdOfCreate(version(11), create));
  }

  @Test
  void fractionsAreHashedInOldRoomsOnly() {
    ObjectNode event = json("{'type':'x','content':{'a':0.5}}");
    EventHashes.withContentHash(version(5), event);
    assertTrue(EventHashes.contentHashMatches(version(5), event));
    MatrixException e =
        assertThrows(MatrixException.class, () -> EventHashes.withContentHash(version(6), event));
    assertEquals(ErrorCode.M_BAD_JSON, e.code());
    assertThrows(MatrixException.class, () -> EventHashes.contentHash(event));
  }

  @Test
  void requiredSignaturesAreNamed() {
    ServerName one = new ServerName("one");
    ServerName two = new ServerName("two");
    Events old = Events.room(version(1));
    Event foreign = old.event(Events.BOB, "x", null, "{}", "{'event_id':'$a:one'}");
    Event renamed = Event.of(new EventId("$a:one"), foreign.json());
    assertEquals(Set.of(one, two), EventSignatures.required(version(1), renamed));
    assertEquals(Set.of(two), EventSignatures.required(version(3), renamed));
    Event restricted =
        old.event(
            Events.BOB,
            "m.room.member",
            Events.BOB,
            "{'membership':'join','join_authorised_via_users_server':'@carol:one'}");
    assertEquals(Set.of(two), EventSignatures.required(version(7), restricted));
    assertEquals(Set.of(one, two), EventSignatures.required(version(8), restricted));
    Event redeemed =
        old.event(
            Events.ALICE,
            "m.room.member",
            Events.BOB,
            "{'membership':'invite','third_party_invite':{}}");
    assertEquals(Set.of(), EventSignatures.required(version(3), redeemed));
  }
}
