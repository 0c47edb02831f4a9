package dev.sotto.homeserver.rooms;

import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// From when on a room's members may see its events.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#room-history-visibility
public enum HistoryVisibility {
  WORLD_READABLE,
  SHARED,
  INVITED,
  JOINED;

  /// What an m.room.history_visibility event sets; `SHARED` where it says nothing known.
  static HistoryVisibility of(StoredEvent event) {
    JsonNode name = event.content().get("history_visibility");
    for (HistoryVisibility visibility : values()) {
      if (name != null && visibility.wireName().equals(name.stringValue(null))) {
        return visibility;
      }
    }
    return SHARED;
  }

  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
