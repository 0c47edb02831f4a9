package dev.sotto.homeserver.blindness;

import static dev.sotto.homeserver.blindness.ObjectShape.object;
import static dev.sotto.homeserver.blindness.Shapes.FLAG;
import static dev.sotto.homeserver.blindness.Shapes.integer;
import static dev.sotto.homeserver.blindness.Shapes.like;
import static dev.sotto.homeserver.blindness.Shapes.oneOf;

import dev.sotto.protocol.json.Json;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a room says of its encryption, and when it says less than before.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#mroomencryption
final class Encryption {
  private static final String PERIOD = "rotation_period_ms";
  private static final String MESSAGES = "rotation_period_msgs";
  private static final String STATE_TOO = "io.element.msc4362.encrypt_state_events";
  private static final long DEFAULT_PERIOD_MILLIS = Duration.ofDays(7).toMillis();
  private static final long DEFAULT_MESSAGES = 100;

  /// Keys that live at most as long as the specification's defaults.
  static final Shape SHAPE =
      object()
          .needs("algorithm", oneOf(MessageRules.MEGOLM))
          .may(PERIOD, integer(1, DEFAULT_PERIOD_MILLIS))
          .may(MESSAGES, integer(1, DEFAULT_MESSAGES))
          .may(STATE_TOO, FLAG);

  /// The state key of encrypted state: the type and the state key that it stands for (MSC4362).
  static final Shape STATE_KEY =
      like("a type and a state key without spaces", "[A-Za-z0-9][A-Za-z0-9._-]{0,127}:\\S{0,127}");

  private Encryption() {}

  static ObjectNode ofNewRooms() {
    return Json.object().put("algorithm", MessageRules.MEGOLM);
  }

  /// Whether `next` lets keys live longer, or less be encrypted, than `current`.
  static boolean isWeaker(ObjectNode next, ObjectNode current) {
    return number(next, PERIOD, DEFAULT_PERIOD_MILLIS)
            > number(current, PERIOD, DEFAULT_PERIOD_MILLIS)
        || number(next, MESSAGES, DEFAULT_MESSAGES) > number(current, MESSAGES, DEFAULT_MESSAGES)
        || current.path(STATE_TOO).asBoolean(false) && !next.path(STATE_TOO).asBoolean(false);
  }

  private static long number(ObjectNode content, String name, long otherwise) {
    JsonNode value = content.get(name);
    return value == null || !value.canConvertToLong() ? otherwise : value.longValue();
  }
}
