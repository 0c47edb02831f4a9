package dev.sotto.homeserver.push;

import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import dev.sotto.protocol.json.PropertyPath;
import java.util.List;
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
  List<String> BODY = List.of("content", "body");

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
    return pattern == null ? NEVER : match(new PropertyPath(BODY), new Glob(pattern));
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
    return match(PropertyPath.parse(key.stringValue()), new Glob(wanted));
  }

  private static Condition match(PropertyPath path, Glob glob) {
    boolean words = path.names().equals(BODY);
    return (event, room) ->
        value(event, room, path) instanceof StringNode text
            && (words
                ? glob.matchesWords(text.stringValue())
                : glob.matchesAll(text.stringValue()));
  }

  private static Condition propertyIs(JsonNode key, @Nullable JsonNode value) {
    if (!key.isString() || value == null || value.isContainer()) {
      return NEVER;
    }
    PropertyPath path = PropertyPath.parse(key.stringValue());
    return (event, room) -> same(value, value(event, room, path));
  }

  private static Condition propertyContains(JsonNode key, @Nullable JsonNode value) {
    if (!key.isString() || value == null || value.isContainer()) {
      return NEVER;
    }
    PropertyPath path = PropertyPath.parse(key.stringValue());
    return (event, room) -> {
      JsonNode list = value(event, room, path);
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
    PropertyPath body = new PropertyPath(BODY);
    return (event, room) -> {
      if (!(value(event, room, body) instanceof StringNode text)) {
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

  /// The value at a path of the event, without having its whole JSON at hand.
  private static @Nullable JsonNode value(UnreadEvent event, RoomContext room, PropertyPath path) {
    List<String> names = path.names();
    if (names.getFirst().equals("content")) {
      return names.size() == 1
          ? event.content()
          : new PropertyPath(names.subList(1, names.size())).find(event.content());
    }
    if (names.size() > 1) {
      return null;
    }
    return switch (names.getFirst()) {
      case "type" -> text(event.type());
      case "sender" -> text(event.sender().value());
      case "room_id" -> text(room.id().value());
      case "event_id" -> text(event.id().value());
      case "state_key" -> event.stateKey() == null ? null : text(event.stateKey());
      default -> null;
    };
  }

  private static JsonNode text(@Nullable String value) {
    return Json.mapper().getNodeFactory().stringNode(String.valueOf(value));
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
