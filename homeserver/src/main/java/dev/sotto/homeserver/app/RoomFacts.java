package dev.sotto.homeserver.app;

import dev.sotto.homeserver.presence.SharedRooms;
import dev.sotto.homeserver.receipts.EventPositions;
import dev.sotto.homeserver.rooms.EventRelation;
import dev.sotto.homeserver.rooms.Memberships;
import dev.sotto.homeserver.rooms.Room;
import dev.sotto.homeserver.rooms.RoomAccess;
import dev.sotto.homeserver.rooms.Rooms;
import dev.sotto.homeserver.rooms.StoredEvent;
import dev.sotto.homeserver.rooms.Timeline;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the services of users' own state ask about rooms.
public record RoomFacts(Rooms rooms, Memberships memberships, Timeline timeline)
    implements SharedRooms {
  private static final int MAX_HOPS = 3;

  public Optional<Long> number(RoomId id) {
    return rooms.find(id).map(Room::number);
  }

  /// The number of a room that the user is joined to, else `M_FORBIDDEN`.
  public long requireJoined(RoomId id, UserId user) {
    return rooms
        .find(id)
        .filter(room -> room.state().isJoined(user))
        .map(Room::number)
        .orElseThrow(RoomAccess::notMember);
  }

  public Optional<EventPositions.Place> place(long roomNumber, EventId id) {
    Room room = rooms.byNumber(roomNumber);
    return timeline
        .event(room, id)
        .map(event -> new EventPositions.Place(event.position(), thread(room, event)));
  }

  /// The root of the thread that an event is in, by its own relation or by those of what it relates
  /// to; null in the main timeline.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#threaded-read-receipts
  @Nullable EventId thread(Room room, StoredEvent event) {
    StoredEvent current = event;
    for (int hop = 0; hop <= MAX_HOPS; hop++) {
      EventRelation relation = EventRelation.of(current.content());
      if (relation == null || relation.type().equals(EventRelation.THREAD)) {
        return relation == null ? null : relation.target();
      }
      Optional<StoredEvent> parent = timeline.event(room, relation.target());
      if (parent.isEmpty()) {
        return null;
      }
      current = parent.get();
    }
    return null;
  }

  @Override
  public boolean share(UserId one, UserId other) {
    return memberships.share(one, other);
  }

  @Override
  public Set<UserId> sharing(UserId user) {
    return memberships.sharing(user);
  }

  @Override
  public Collection<Long> joinedRooms(UserId user) {
    return memberships.joined(user).stream().map(Room::number).toList();
  }
}
