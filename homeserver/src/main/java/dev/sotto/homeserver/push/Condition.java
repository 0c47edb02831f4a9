package dev.sotto.homeserver.push;

import dev.sotto.protocol.id.UserId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/// One condition of a push rule, ready to be tried on many events.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#conditions-1
@FunctionalInterface
interface Condition {
  boolean holds(UnreadEvent event, RoomContext room);

  /// What is unknown or ill-formed holds for no event.
  Condition NEVER = (_, _) -> false;

  Pattern MEMBER_COUNT = Pattern.compile("(==|<=|>=|<|>)?([0-9]{1,9})");

  /// The condition that `json` describes, for the rules of `owner`.
  static Condition of(JsonNode json, UserId owner) {
    return switch (json.path("kind").asString("")) {
      case "event_match" -> eventMatch(json.path("key"), json.path("pattern"));
      case "event_property_is" -> propertyIs(json.path("key"), json.get("value"));
      case "event_property_contains" -> propertyContains(json.path("key"), json.get("value"));
      case "contains_display_name" -> containsDisplayName(owner);
      case "room_member_count" -> memberCount(json.path("is").asString(""));
      case "sender_notification_permission" -> mayNotify(json.path("key"));
      default -> NEVER;
    };
  }

  /// The words of a content rule.
  static Condition containsWords(@Nullable String pattern) {
    return pattern == null ? NEVER : match(EventProperty.BODY, new Glob(pattern));
  }

  private static Condition eventMatch(JsonNode key, JsonNode pattern) {
    if (!key.isString() || !pattern.isString()) {
      return NEVER;
    }
    String wanted = pattern.stringValue();
    boolean literal = wanted.indexOf('*') < 0 && wanted.indexOf('?') < 0;
    if (literal && key.stringValue().equals("type")) {
      return (event, _) -> event.type().equalsIgnoreCase(wanted);
    }
    return match(new EventProperty(key.stringValue()), new Glob(wanted));
  }

  private static Condition match(EventProperty property, Glob glob) {
    boolean words = property.equals(EventProperty.BODY);
    return (event, room) ->
        property.of(event, room) instanceof StringNode text
            && (words
                ? glob.matchesWords(text.stringValue())
                : glob.matchesAll(text.stringValue()));
  }

  private static Condition propertyIs(JsonNode key, @Nullable JsonNode value) {
    if (!key.isString() || value == null || value.isContainer()) {
      return NEVER;
    }
    EventProperty property = new EventProperty(key.stringValue());
    return (event, room) -> same(value, property.of(event, room));
  }

  private static Condition propertyContains(JsonNode key, @Nullable JsonNode value) {
    if (!key.isString() || value == null || value.isContainer()) {
      return NEVER;
    }
    EventProperty property = new EventProperty(key.stringValue());
    return (event, room) -> {
      JsonNode list = property.of(event, room);
      if (list != null && list.isArray()) {
        for (JsonNode element : list) {
          if (same(value, element)) {
            return true;
          }
        }
      }
      return false;
    };
  }

  private static Condition containsDisplayName(UserId owner) {
    return (event, room) -> {
      if (!(EventProperty.BODY.of(event, room) instanceof StringNode text)) {
        return false;
      }
      String name = room.displayName(owner);
      return name != null && !name.isBlank() && Glob.literal(name).matchesWords(text.stringValue());
    };
  }

  private static Condition memberCount(String is) {
    Matcher matcher = MEMBER_COUNT.matcher(is);
    if (!matcher.matches()) {
      return NEVER;
    }
    int count = Integer.parseInt(matcher.group(2));
    return switch (Optional.ofNullable(matcher.group(1)).orElse("==")) {
      case "<" -> (_, room) -> room.joinedMembers() < count;
      case ">" -> (_, room) -> room.joinedMembers() > count;
      case "<=" -> (_, room) -> room.joinedMembers() <= count;
      case ">=" -> (_, room) -> room.joinedMembers() >= count;
      default -> (_, room) -> room.joinedMembers() == count;
    };
  }

  private static Condition mayNotify(JsonNode key) {
    if (!key.isString()) {
      return NEVER;
    }
    String kind = key.stringValue();
    return (event, room) -> room.mayNotify(event.sender(), kind);
  }

  private static boolean same(JsonNode wanted, @Nullable JsonNode found) {
    if (found == null) {
      return false;
    }
    if (wanted.isIntegralNumber() && found.isIntegralNumber()) {
      return wanted.bigIntegerValue().equals(found.bigIntegerValue());
    }
    return wanted.equals(found);
  }
}
