package dev.sotto.homeserver.blindness;

import static dev.sotto.homeserver.blindness.MessageRules.ONLY_ENCRYPTED;
import static dev.sotto.homeserver.blindness.Shapes.like;

import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.json.Json;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a room's state may say in the clear: what the specification has for it, and what a list of
/// further types holds, as long as it looks like no message.
final class StateRules {
  /// Types of messages, and of what is said to be encrypted: never state, whatever the list says.
  private static final Set<String> NEVER =
      Set.of(
          EventTypes.MESSAGE,
          EventTypes.REACTION,
          EventTypes.REDACTION,
          "m.sticker",
          "m.poll.start",
          "m.poll.response",
          "m.poll.end",
          "m.beacon");

  private static final int MAX_LISTED_BYTES = 16_384;
  private static final Shape LISTED_KEY = like("a state key without spaces", "\\S{0,255}");

  /// What carries the text of messages, in any of the forms that they have had.
  private static final Set<String> TEXTS =
      Set.of(
          "body",
          "formatted_body",
          "msgtype",
          "m.text",
          "m.message",
          "org.matrix.msc1767.text",
          "org.matrix.msc1767.html",
          "org.matrix.msc1767.message");

  private final Map<String, StateRule> rules = new HashMap<>(SpecState.RULES);

  /// @param listed types beside those of the specification
  StateRules(Collection<String> listed) {
    StateRule unknown = new StateRule(LISTED_KEY, StateRules::keepListed);
    for (String type : listed) {
      if (!NEVER.contains(type)) {
        rules.putIfAbsent(type, SpecState.WELL_KNOWN.getOrDefault(type, unknown));
      }
    }
  }

  /// What of a state event may be stored.
  ///
  /// @throws MatrixException `M_FORBIDDEN` if nothing may
  ObjectNode keep(String type, String stateKey, ObjectNode content) {
    StateRule rule = rules.get(type);
    if (rule == null) {
      throw MatrixException.forbidden(
          ONLY_ENCRYPTED
              + "State of this type would be unencrypted; the server's owner can allow it.");
    }
    try {
      rule.stateKey().check(stateKey);
    } catch (Misfit e) {
      throw refusal("its state key " + e.getMessage());
    }
    try {
      return (ObjectNode) rule.content().keep(content);
    } catch (Misfit e) {
      throw refusal(e.sentence());
    }
  }

  private static MatrixException refusal(String why) {
    return MatrixException.forbidden(
        ONLY_ENCRYPTED + "This piece of state is not in the right form: " + why + ".");
  }

  private static JsonNode keepListed(JsonNode content) {
    if (Json.bytes(content).length > MAX_LISTED_BYTES) {
      throw new Misfit("must have at most " + MAX_LISTED_BYTES + " bytes");
    }
    requireNoMessage(content);
    return content;
  }

  private static void requireNoMessage(JsonNode part) {
    if (part instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> member : object.properties()) {
        if (TEXTS.contains(member.getKey())) {
          throw new Misfit("must not be there").inside(member.getKey());
        }
        requireNoMessage(member.getValue());
      }
    } else if (part instanceof ArrayNode array) {
      array.forEach(StateRules::requireNoMessage);
    }
  }
}
