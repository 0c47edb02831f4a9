package dev.sotto.homeserver.rooms;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sotto.protocol.event.StateKey;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Which rooms everybody may join or read, told without taking the rooms into memory. What is told
/// may be a minute old.
public final class OpenRooms {
  private static final int CACHED = 50_000;
  private static final Duration BELIEVED = Duration.ofMinutes(1);

  private final RoomStore store;
  private final Cache<Long, Boolean> known =
      Caffeine.newBuilder().maximumSize(CACHED).expireAfterWrite(BELIEVED).build();

  OpenRooms(RoomStore store) {
    this.store = store;
  }

  /// Whether the room of this number is open; null if that is not known yet.
  public @Nullable Boolean known(long room) {
    return known.getIfPresent(room);
  }

  /// Whether the room of this number is open; up to two queries where that is not known yet.
  public boolean isOpen(long room) {
    return known.get(room, this::read);
  }

  private boolean read(long room) {
    return "public".equals(string(room, StateKey.JOIN_RULES, "join_rule"))
        || "world_readable".equals(string(room, StateKey.HISTORY_VISIBILITY, "history_visibility"));
  }

  private @Nullable String string(long room, StateKey key, String name) {
    return store
        .stateEventAt(room, key.type(), key.key(), Long.MAX_VALUE)
        .map(event -> event.event().contentString(name))
        .orElse(null);
  }
}
