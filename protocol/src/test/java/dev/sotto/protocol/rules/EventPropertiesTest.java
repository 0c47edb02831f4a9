package dev.sotto.protocol.rules;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.protocol.json.JsonTrees;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class EventPropertiesTest {
  private static final List<String> TYPES =
      List.of(
          "m.room.create",
          "m.room.member",
          "m.room.join_rules",
          "m.room.power_levels",
          "m.room.aliases",
          "m.room.history_visibility",
          "m.room.redaction",
          "m.room.encrypted");
  private static final List<String> CONTENT_KEYS =
      List.of(
          "membership",
          "third_party_invite",
          "join_authorised_via_users_server",
          "creator",
          "join_rule",
          "allow",
          "users",
          "invite",
          "aliases",
          "redacts",
          "ciphertext");
  private static final List<String> TOP_KEYS =
      List.of(
          "sender", "state_key", "depth", "origin", "prev_state", "membership", "redacts", "age");

  @Provide
  Arbitrary<RoomVersion> versions() {
    return Arbitraries.of(RoomVersions.all());
  }

  @Provide
  Arbitrary<ObjectNode> events() {
    return Combinators.combine(
            Arbitraries.of(TYPES), members(CONTENT_KEYS), members(TOP_KEYS), JsonTrees.objects())
        .as(
            (type, content, top, invite) -> {
              if (content.has("third_party_invite")) {
                content.set("third_party_invite", invite.put("signed", 1));
              }
              top.put("type", type).put("event_id", "$a:b").set("content", content);
              return top;
            });
  }

  private static Arbitrary<ObjectNode> members(List<String> names) {
    return Combinators.combine(
            JsonTrees.objects(),
            Arbitraries.maps(Arbitraries.of(names), JsonTrees.values()).ofMaxSize(4))
        .as(
            (object, named) -> {
              named.forEach(object::set);
              return object;
            });
  }

  @Property(tries = 1000)
  void redactionIsIdempotent(
      @ForAll("versions") RoomVersion version, @ForAll("events") ObjectNode event) {
    ObjectNode once = Redaction.redact(version, event);
    assertEquals(once, Redaction.redact(version, once));
  }

  @Property(tries = 1000)
  void redactionLeavesTheEventItselfAlone(
      @ForAll("versions") RoomVersion version, @ForAll("events") ObjectNode event) {
    JsonNode before = event.deepCopy();
    Redaction.redact(version, event);
    assertEquals(before, event);
  }

  @Property(tries = 1000)
  void idSurvivesRedaction(
      @ForAll("versions") RoomVersion version, @ForAll("events") ObjectNode event) {
    EventHashes.withContentHash(version, event);
    ObjectNode redacted = Redaction.redact(version, event);
    assertArrayEquals(
        EventHashes.referenceHash(version, event), EventHashes.referenceHash(version, redacted));
    assertEquals(EventHashes.idOf(version, event), EventHashes.idOf(version, redacted));
  }
}
