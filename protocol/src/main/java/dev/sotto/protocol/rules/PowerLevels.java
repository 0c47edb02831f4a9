package dev.sotto.protocol.rules;

import dev.sotto.protocol.event.Event;
import dev.sotto.protocol.id.UserId;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Who may do what in a room: a view of its `m.room.power_levels`, with the defaults where it is
/// silent or absent. It reads the event's content when asked and copies nothing.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#mroompower_levels
public final class PowerLevels {
  /// The level of a room's creators where they stand above all others (from version 12 on).
  public static final long INFINITE = Long.MAX_VALUE;

  private static final long MODERATOR = 50;
  private static final long ADMINISTRATOR = 100;

  private final RoomVersion version;
  private final PowerLevelValues values;
  private final @Nullable ObjectNode content;
  private final Event create;

  private PowerLevels(RoomVersion version, @Nullable ObjectNode content, Event create) {
    this.version = version;
    this.values = version.auth().powerLevels();
    this.content = content;
    this.create = create;
  }

  /// The levels of a room with this create event and, if it has one, this power levels event.
  public static PowerLevels of(RoomVersion version, @Nullable Event powerLevels, Event create) {
    return new PowerLevels(version, powerLevels == null ? null : powerLevels.content(), create);
  }

  /// A user's level.
  public long of(UserId user) {
    if (version.auth().privilegedCreators() && isCreator(user)) {
      return INFINITE;
    }
    if (content == null) {
      return isCreator(user) ? ADMINISTRATOR : 0;
    }
    return values.read(entry("users", user.value()), named("users_default", 0));
  }

  /// The level that sending an event of `type` takes.
  public long toSend(String type, boolean state) {
    if (content == null) {
      return 0;
    }
    return values.read(
        entry("events", type),
        state ? named("state_default", MODERATOR) : named("events_default", 0));
  }

  public long ban() {
    return named("ban", MODERATOR);
  }

  public long kick() {
    return named("kick", MODERATOR);
  }

  public long invite() {
    return named("invite", 0);
  }

  public long redact() {
    return named("redact", MODERATOR);
  }

  /// The level that it takes to notify in the way that `key` names, for example `room`.
  public long notification(String key) {
    return values.read(entry("notifications", key), MODERATOR);
  }

  /// Whether `user` is a creator of the room.
  public boolean isCreator(UserId user) {
    return isCreator(version, create, user.value());
  }

  static boolean isCreator(RoomVersion version, Event create, String user) {
    AuthRuleFlags flags = version.auth();
    if (!flags.senderIsCreator()) {
      return user.equals(create.contentString("creator"));
    }
    if (user.equals(create.sender().value())) {
      return true;
    }
    if (flags.privilegedCreators()
        && create.content().get("additional_creators") instanceof ArrayNode others) {
      for (JsonNode other : others) {
        if (other.isString() && other.stringValue().equals(user)) {
          return true;
        }
      }
    }
    return false;
  }

  private long named(String name, long otherwise) {
    return content == null ? otherwise : values.read(content.get(name), otherwise);
  }

  private @Nullable JsonNode entry(String map, String key) {
    return content != null && content.get(map) instanceof ObjectNode entries
        ? entries.get(key)
        : null;
  }
}
