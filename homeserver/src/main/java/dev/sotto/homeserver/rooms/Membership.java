package dev.sotto.homeserver.rooms;

import dev.sotto.protocol.event.Event;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// How a user belongs to a room.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#mroommember
public enum Membership {
  JOIN,
  INVITE,
  KNOCK,
  LEAVE,
  BAN;

  /// The membership of this name; null for any other.
  public static @Nullable Membership named(@Nullable String name) {
    for (Membership membership : values()) {
      if (membership.wireName().equals(name)) {
        return membership;
      }
    }
    return null;
  }

  /// What a membership event sets; `LEAVE` where it says nothing known.
  public static Membership of(Event event) {
    Membership named = named(event.contentString("membership"));
    return named == null ? LEAVE : named;
  }

  /// What a stored membership event sets; `LEAVE` where it says nothing known.
  public static Membership of(StoredEvent event) {
    JsonNode name = event.content().get("membership");
    Membership named = named(name == null ? null : name.stringValue(null));
    return named == null ? LEAVE : named;
  }

  /// The name in events and APIs.
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
