package dev.sotto.client;

import dev.sotto.protocol.event.ReactionKey;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.json.Json;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Which messages belong together: the server must know that, and must not know what is said of it
/// beyond ids.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#mroomencrypted
final class ClearRelation {
  private static final String RELATION = "m.relates_to";
  private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,254}");
  private static final Pattern CUSTOM_EMOJI =
      Pattern.compile("mxc://[A-Za-z0-9.:\\[\\]-]{1,230}/[A-Za-z0-9_-]{1,255}");

  private ClearRelation() {}

  /// An encrypted event with the relation of what it says beside the ciphertext, and no other.
  ///
  /// @throws IllegalArgumentException if what is to be an id or a type is none
  static ObjectNode beside(ObjectNode encrypted, ObjectNode content) {
    JsonNode given = content.path(RELATION);
    ObjectNode relation = relation(given);
    if (given.path("is_falling_back").isBoolean()) {
      relation.put("is_falling_back", given.path("is_falling_back").booleanValue());
    }
    JsonNode answered = given.path("m.in_reply_to").path("event_id");
    if (answered.isString()) {
      relation.putObject("m.in_reply_to").put("event_id", id(answered));
    }
    encrypted.remove(RELATION);
    if (!relation.isEmpty()) {
      encrypted.set(RELATION, relation);
    }
    return encrypted;
  }

  /// Whom a reaction is about and its sign, and nothing that a program may have put beside them:
  /// all of a reaction is in the clear.
  ///
  /// @throws IllegalArgumentException if it says more than a sign can
  static ObjectNode reaction(ObjectNode content) {
    JsonNode given = content.path(RELATION);
    ObjectNode relation = relation(given);
    String key = given.path("key").stringValue("");
    boolean annotates = relation.path("rel_type").stringValue("").equals("m.annotation");
    if (!annotates || !relation.has("event_id") || key.isEmpty()) {
      throw new IllegalArgumentException("A reaction has a target and a sign.");
    }
    if (!ReactionKey.isOneCharacter(key) && !CUSTOM_EMOJI.matcher(key).matches()) {
      throw new IllegalArgumentException(
          "The server can read reactions: in an encrypted room they are one emoji each, and words"
              + " are sent as a message.");
    }
    ObjectNode bare = Json.object();
    bare.set(RELATION, relation.put("key", key));
    return bare;
  }

  private static ObjectNode relation(JsonNode given) {
    ObjectNode relation = Json.object();
    JsonNode type = given.path("rel_type");
    if (type.isString()) {
      if (!TYPE.matcher(type.stringValue()).matches()) {
        throw new IllegalArgumentException("This is no type of a relation.");
      }
      relation.put("rel_type", type.stringValue());
    }
    if (given.path("event_id").isString()) {
      relation.put("event_id", id(given.path("event_id")));
    }
    return relation;
  }

  private static String id(JsonNode given) {
    return Ids.given(given.stringValue(), EventId::new).value();
  }
}
