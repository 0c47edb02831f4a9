package dev.sotto.homeserver.rooms;

import dev.sotto.homeserver.filters.RoomEventFilter;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Pages through a room's events, in both directions.
///
/// A token is a position: going back from it come the events up to it, going forward those after
/// it.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3roomsroomidmessages
public final class Pages {
  /// How many events are looked at for one page before it is ended early, wanted or not.
  private static final int MAX_LOOKED_AT = 2_000;

  private static final int READ_AT_LEAST = 50;

  /// Somebody who changed their membership more often since is asked for on their own.
  private static final int MAX_STEPS_BACK = 8;

  private final Timeline timeline;
  private final Relations relations;

  Pages(Timeline timeline, Relations relations) {
    this.timeline = timeline;
    this.relations = relations;
  }

  /// Which events are wanted.
  ///
  /// @param from where to start
  /// @param to where to stop at the latest
  /// @param limit how many at most
  public record Wanted(boolean backwards, long from, long to, int limit, RoomEventFilter filter) {}

  /// Events in the order of reading.
  ///
  /// @param end where the next page starts, or null if there is none
  public record Page(List<StoredEvent> events, @Nullable Long end) {}

  /// The next page that `reading` may see.
  public Page read(RoomAccess.Reading reading, Wanted wanted) {
    // After the horizon there is nothing to see, so that no page need be spent on it.
    long position = wanted.backwards ? Math.min(wanted.from, reading.horizon()) : wanted.from;
    long end = wanted.backwards ? wanted.to : Math.min(wanted.to, reading.horizon());
    List<StoredEvent> found = new ArrayList<>();
    int lookedAt = 0;
    while (lookedAt < MAX_LOOKED_AT) {
      int size = Math.max(READ_AT_LEAST, wanted.limit - found.size() + 1);
      List<StoredEvent> chunk =
          wanted.backwards
              ? timeline.newest(reading.room(), end, position, size)
              : timeline.oldest(reading.room(), position, end, size);
      Set<EventId> related = related(wanted.filter, reading.room(), chunk);
      for (StoredEvent event : chunk) {
        if (found.size() == wanted.limit) {
          return new Page(found, position);
        }
        position = wanted.backwards ? event.position() - 1 : event.position();
        lookedAt++;
        if (wants(wanted.filter, reading.room(), event)
            && (!asksForRelated(wanted.filter) || related.contains(event.id()))
            && reading.shows(event)) {
          found.add(event);
        }
      }
      if (chunk.size() < size) {
        return new Page(found, null);
      }
    }
    return new Page(found, position);
  }

  /// Whether `filter` wants an event of this room, as far as the event alone can tell.
  public static boolean wants(RoomEventFilter filter, Room room, StoredEvent event) {
    return filter.matches(
        event.type(), event.sender(), room.id(), () -> event.content().path("url").isString());
  }

  private static boolean asksForRelated(RoomEventFilter filter) {
    return !filter.relatedBySenders().isEmpty() || !filter.relatedByRelTypes().isEmpty();
  }

  /// Those of `events` that others point at in the way that `filter` asks for.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#filtering
  private Set<EventId> related(RoomEventFilter filter, Room room, List<StoredEvent> events) {
    return asksForRelated(filter)
        ? relations.pointedAt(room, events, filter.relatedByRelTypes(), filter.relatedBySenders())
        : Set.of();
  }

  /// The memberships of those who sent `events`, as they were after `position`. Those who changed
  /// theirs since are followed back together, not one by one.
  public Collection<StoredEvent> senders(Room room, Collection<StoredEvent> events, long position) {
    RoomState state = room.state();
    Map<UserId, StoredEvent> members = new LinkedHashMap<>();
    Map<Long, UserId> replaced = new HashMap<>();
    for (StoredEvent event : events) {
      StoredEvent member = state.stored(StateKey.member(event.sender()));
      if (member != null && members.putIfAbsent(event.sender(), member) == null) {
        follow(member, position, event.sender(), replaced);
      }
    }
    for (int step = 0; !replaced.isEmpty() && step < MAX_STEPS_BACK; step++) {
      Map<Long, UserId> older = new HashMap<>();
      for (StoredEvent member : timeline.at(replaced.keySet())) {
        UserId user = new UserId(String.valueOf(member.stateKey()));
        members.put(user, member);
        follow(member, position, user, older);
      }
      replaced = older;
    }
    for (UserId user : replaced.values()) {
      timeline
          .stateAt(room, StateKey.member(user), position)
          .ifPresent(member -> members.put(user, member));
    }
    members.values().removeIf(member -> member.position() > position);
    return members.values();
  }

  private static void follow(
      StoredEvent member, long position, UserId user, Map<Long, UserId> replaced) {
    if (member.position() > position && member.replaces() != 0) {
      replaced.put(member.replaces(), user);
    }
  }

  /// What surrounds an event.
  ///
  /// @param before the events before it, newest first
  /// @param after the events after it, oldest first
  /// @param start a token before all of them
  /// @param end a token after all of them
  /// @param stateAt the position of the last of them
  public record Context(
      StoredEvent event, Page before, Page after, long start, long end, long stateAt) {}

  /// An event with what is around it: up to `limit` events, half of them on each side.
  public Context around(
      RoomAccess.Reading reading, StoredEvent event, int limit, RoomEventFilter filter) {
    int half = limit / 2;
    Page before = read(reading, new Wanted(true, event.position() - 1, 0, half, filter));
    Page after =
        read(reading, new Wanted(false, event.position(), Long.MAX_VALUE, limit - half, filter));
    StoredEvent first = before.events.isEmpty() ? event : before.events.getLast();
    StoredEvent last = after.events.isEmpty() ? event : after.events.getLast();
    return new Context(
        event, before, after, first.position() - 1, last.position(), last.position());
  }
}
