package dev.sotto.homeserver.rooms;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.rules.RoomVersion;
import dev.sotto.protocol.rules.RoomVersions;
import java.util.List;
import java.util.Optional;

/// Finds rooms, and holds those in use in memory.
public final class Rooms {
  private final RoomStore store;

  // Two rooms of one id would give two heads, so a room in anybody's hands must be found again:
  // the weak caches make sure of that, the strong one keeps those used last.
  private final Cache<RoomId, Room> byId = Caffeine.newBuilder().weakValues().build();
  private final Cache<Long, Room> byNumber = Caffeine.newBuilder().weakValues().build();
  private final Cache<Long, Room> held;

  /// @param held how many rooms to hold beyond those in use
  Rooms(RoomStore store, int held) {
    this.store = store;
    this.held = Caffeine.newBuilder().maximumSize(held).build();
  }

  /// The room, or empty if this server has none of this id.
  public Optional<Room> find(RoomId id) {
    Room room = byId.get(id, key -> store.room(key).map(this::hold).orElse(null));
    if (room == null || !room.isPublished()) {
      return Optional.empty();
    }
    touch(room);
    return Optional.of(room);
  }

  /// The room, else `M_NOT_FOUND`.
  public Room require(RoomId id) {
    return find(id).orElseThrow(() -> MatrixException.notFound("There is no such room here."));
  }

  /// The room with a number that a table held; it may be one that is published in a moment.
  public Room byNumber(long number) {
    Room known = byNumber.getIfPresent(number);
    if (known != null) {
      touch(known);
      return known;
    }
    RoomStore.RoomRow row =
        store
            .room(number)
            .orElseThrow(() -> new IllegalStateException("no room has the number " + number));
    return require(row.id());
  }

  /// A room that is about to be written for the first time. It is held from here on, since its rows
  /// can be read a moment before it is published, and must not make a second room.
  Room begin(RoomId id, RoomVersion version) {
    Room room = new Room(id, store.nextRoomNumber(), version, Snapshot.NONE);
    if (byId.asMap().putIfAbsent(id, room) != null) {
      throw new IllegalStateException("there is a room " + id + " already");
    }
    byNumber.put(room.number(), room);
    return room;
  }

  /// Lets go of a new room that could not be written.
  void abandon(Room room) {
    byId.asMap().remove(room.id(), room);
    byNumber.asMap().remove(room.number(), room);
  }

  private void touch(Room room) {
    held.put(room.number(), room);
  }

  private Room hold(RoomStore.RoomRow row) {
    return byNumber.get(row.number(), _ -> load(row));
  }

  private Room load(RoomStore.RoomRow row) {
    RoomVersion version =
        RoomVersions.of(row.version())
            .orElseThrow(() -> new IllegalStateException("unknown version of " + row.id()));
    // Nobody writes to a room that is not in memory, so what is on disk is all there is. That may
    // be published only in a moment, but whatever is written next must build on it.
    long end = Long.MAX_VALUE;
    RoomState state = RoomState.EMPTY;
    for (StoredEvent event : store.stateAt(row.number(), end)) {
      state = state.with(event);
    }
    List<StoredEvent> recent = store.newest(row.number(), 0, end, Snapshot.RECENT).reversed();
    long recentFrom = recent.size() < Snapshot.RECENT ? 0 : recent.getFirst().position() - 1;
    long position = recent.isEmpty() ? 0 : recent.getLast().position();
    return new Room(
        row.id(),
        row.number(),
        version,
        new Snapshot(
            position, state, recentFrom, List.copyOf(recent), store.lastRelation(row.number())));
  }
}
