package dev.sotto.protocol.rules;

import dev.sotto.protocol.event.Event;
import dev.sotto.protocol.json.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The authorization rules for a change of `m.room.power_levels`: nobody gives or takes what is
/// above their own level.
final class PowerLevelRules {
  private static final List<String> NAMED =
      List.of(
          "users_default", "events_default", "state_default", "ban", "redact", "kick", "invite");
  private static final AuthResult NO_LEVELS =
      AuthResult.denied("Power levels must be integers, and named in the way that the room knows.");
  private static final AuthResult TOO_HIGH =
      AuthResult.denied("You cannot change a power level that is, or would be, above your own.");
  private static final AuthResult NOT_LOWER =
      AuthResult.denied("You can change the power level only of users who are below yours.");

  private PowerLevelRules() {}

  static AuthResult check(
      RoomVersion version, Event event, @Nullable Event current, Event create, long senderLevel) {
    ObjectNode content = event.content();
    if (!isWellFormed(version, content)) {
      return NO_LEVELS;
    }
    if (version.auth().privilegedCreators() && namesCreator(version, content, create)) {
      return AuthResult.denied("The creators of a room have no power level that could be set.");
    }
    if (current == null) {
      return AuthResult.allowed();
    }
    PowerLevelValues values = version.auth().powerLevels();
    ObjectNode before = current.content();
    for (String name : NAMED) {
      JsonNode now = content.get(name);
      if (isUnreadable(values, now)) {
        return NO_LEVELS;
      }
      if (isBeyond(values, before.get(name), now, senderLevel)) {
        return TOO_HIGH;
      }
    }
    AuthResult entries = checkEntries(version, before, content, senderLevel);
    return entries.isAllowed()
        ? checkUsers(values, before, content, event.sender().value(), senderLevel)
        : entries;
  }

  private static boolean isWellFormed(RoomVersion version, ObjectNode content) {
    PowerLevelValues values = version.auth().powerLevels();
    if (values == PowerLevelValues.INTEGERS) {
      for (String name : NAMED) {
        if (content.has(name) && !values.accepts(content.get(name))) {
          return false;
        }
      }
      if (!isLevels(values, content.get("events"))
          || !isLevels(values, content.get("notifications"))) {
        return false;
      }
    }
    JsonNode users = content.get("users");
    if (!isLevels(values, users)) {
      return false;
    }
    if (users != null) {
      for (Map.Entry<String, JsonNode> user : users.properties()) {
        if (!AuthRules.isUserId(user.getKey())) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean isLevels(PowerLevelValues values, @Nullable JsonNode map) {
    if (map == null) {
      return true;
    }
    if (!map.isObject()) {
      return false;
    }
    for (JsonNode level : map) {
      if (!values.accepts(level)) {
        return false;
      }
    }
    return true;
  }

  private static boolean namesCreator(RoomVersion version, ObjectNode content, Event create) {
    for (Map.Entry<String, JsonNode> user : entries(content, "users").properties()) {
      if (PowerLevels.isCreator(version, create, user.getKey())) {
        return true;
      }
    }
    return false;
  }

  private static AuthResult checkEntries(
      RoomVersion version, ObjectNode before, ObjectNode content, long senderLevel) {
    PowerLevelValues values = version.auth().powerLevels();
    List<String> maps =
        version.auth().notificationLevels()
            ? List.of("events", "notifications")
            : List.of("events");
    for (String map : maps) {
      ObjectNode old = entries(before, map);
      ObjectNode now = entries(content, map);
      for (Map.Entry<String, JsonNode> entry : now.properties()) {
        if (isUnreadable(values, entry.getValue())) {
          return NO_LEVELS;
        }
        if (isBeyond(values, old.get(entry.getKey()), entry.getValue(), senderLevel)) {
          return TOO_HIGH;
        }
      }
      for (Map.Entry<String, JsonNode> entry : old.properties()) {
        if (!now.has(entry.getKey()) && isBeyond(values, entry.getValue(), null, senderLevel)) {
          return TOO_HIGH;
        }
      }
    }
    return AuthResult.allowed();
  }

  private static AuthResult checkUsers(
      PowerLevelValues values,
      ObjectNode before,
      ObjectNode content,
      String sender,
      long senderLevel) {
    ObjectNode old = entries(before, "users");
    ObjectNode now = entries(content, "users");
    for (Map.Entry<String, JsonNode> entry : old.properties()) {
      JsonNode level = entry.getValue();
      if (values.accepts(level)
          && !entry.getKey().equals(sender)
          && isChanged(values, level, now.get(entry.getKey()))
          && values.read(level, 0) >= senderLevel) {
        return NOT_LOWER;
      }
    }
    for (Map.Entry<String, JsonNode> entry : now.properties()) {
      JsonNode level = entry.getValue();
      if (isChanged(values, old.get(entry.getKey()), level)
          && values.read(level, 0) > senderLevel) {
        return TOO_HIGH;
      }
    }
    return AuthResult.allowed();
  }

  /// Whether a level changes that is, or becomes, higher than `limit`.
  private static boolean isBeyond(
      PowerLevelValues values, @Nullable JsonNode before, @Nullable JsonNode now, long limit) {
    return isChanged(values, before, now)
        && (values.read(before, Long.MIN_VALUE) > limit
            || values.read(now, Long.MIN_VALUE) > limit);
  }

  private static boolean isChanged(
      PowerLevelValues values, @Nullable JsonNode before, @Nullable JsonNode now) {
    boolean was = values.accepts(before);
    return was != values.accepts(now) || (was && values.read(before, 0) != values.read(now, 0));
  }

  /// A value that stands where a level belongs and is none; null stands for an absent one.
  private static boolean isUnreadable(PowerLevelValues values, @Nullable JsonNode value) {
    return value != null && !value.isNull() && !values.accepts(value);
  }

  private static ObjectNode entries(ObjectNode content, String name) {
    return content.get(name) instanceof ObjectNode entries ? entries : Json.object();
  }
}
