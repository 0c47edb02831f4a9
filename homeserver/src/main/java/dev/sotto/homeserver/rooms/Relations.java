package dev.sotto.homeserver.rooms;

import dev.sotto.homeserver.blindness.Admitted;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Events that point at other events.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#forming-relationships-between-events
public final class Relations {
  /// How far `recurse` follows events that point at events that point at the first one.
  public static final int MAX_DEPTH = 3;

  /// How many events `recurse` follows.
  private static final int MAX_FOLLOWED = 2_000;

  static final String POINTING_AT =
      """
      SELECT %s FROM relations r JOIN events e ON e.position = r.position
      WHERE r.target_id IN (<targets>) AND r.room_number = :room
        AND (:rel_type = '' OR r.rel_type = :rel_type) AND (:type = '' OR e.type = :type)
        AND r.position > :after AND r.position <= :up_to
      ORDER BY r.target_id DESC, r.position DESC LIMIT :limit
      """
          .formatted(RoomStore.columns("e"));
  static final String POINTING_AT_OLDEST_FIRST =
      POINTING_AT.replace("id DESC, r.position DESC", "id, r.position");
  private static final String ANNOTATIONS_BY =
      """
      SELECT %s FROM relations r JOIN events e ON e.position = r.position
      WHERE r.target_id = :target AND r.rel_type = :rel_type AND e.redacted_by IS NULL
        AND r.room_number = :room AND e.type = :type AND e.sender_number = :sender
      """
          .formatted(RoomStore.columns("e"));
  private static final String POINTED_AT =
      """
      SELECT DISTINCT r.target_id FROM relations r JOIN events e ON e.position = r.position
      WHERE r.target_id IN (<targets>) AND r.room_number = :room AND e.redacted_by IS NULL
      """;
  static final String IN_THREADS =
      """
      SELECT %s FROM relations r JOIN events e ON e.position = r.position
      WHERE r.room_number = :room AND r.rel_type = 'm.thread'
        AND r.position > :after AND r.position <= :up_to
      ORDER BY r.room_number DESC, r.rel_type DESC, r.position DESC LIMIT :limit
      """
          .formatted(RoomStore.columns("e"));
  private static final String THREADS =
      """
      SELECT r.target_id, MAX(r.position) AS latest
      FROM relations r JOIN events e ON e.position = r.position
      WHERE r.room_number = :room AND r.rel_type = 'm.thread' AND e.redacted_by IS NULL
        AND r.position <= :horizon AND e.sender_number NOT IN (<ignored>)
      GROUP BY r.target_id, r.target_hash
      HAVING MAX(r.position) <= :up_to
        AND (:user = 0 OR MAX(CASE WHEN e.sender_number = :user THEN 1 ELSE 0 END) = 1
          OR EXISTS (SELECT 1 FROM events t WHERE t.id_hash = r.target_hash
            AND t.event_id = r.target_id AND t.sender_number = :user))
      ORDER BY latest DESC LIMIT :limit
      """;

  /// Stands in a list that SQL does not allow to be empty.
  private static final long NOBODY = -1;

  private final RoomStore store;
  private final Users users;
  private final Timeline timeline;

  Relations(RoomStore store, Users users, Timeline timeline) {
    this.store = store;
    this.users = users;
    this.timeline = timeline;
  }

  /// Which events are wanted.
  ///
  /// @param relType null for any
  /// @param type null for any
  /// @param from where to start, as [Pages.Wanted] has it
  /// @param recurse whether events count that point at the target through others
  public record Wanted(
      @Nullable String relType,
      @Nullable String type,
      boolean backwards,
      long from,
      long to,
      int limit,
      boolean recurse) {}

  /// A page of the events that point at `target` and that `reading` may see.
  public Pages.Page pointingAt(RoomAccess.Reading reading, EventId target, Wanted wanted) {
    Room room = reading.room();
    List<StoredEvent> candidates =
        wanted.recurse ? followed(room, target, wanted) : direct(room, List.of(target), wanted);
    List<StoredEvent> found = new ArrayList<>();
    Long end = null;
    for (StoredEvent event : candidates) {
      if (found.size() == wanted.limit) {
        return new Pages.Page(found, end);
      }
      end = wanted.backwards ? event.position() - 1 : event.position();
      if (event.redactedBy() == 0 && reading.shows(event)) {
        found.add(event);
      }
    }
    boolean more = !wanted.recurse && candidates.size() > wanted.limit;
    return new Pages.Page(found, more ? end : null);
  }

  private List<StoredEvent> direct(Room room, Collection<EventId> targets, Wanted wanted) {
    return store.select(
        wanted.backwards ? POINTING_AT : POINTING_AT_OLDEST_FIRST,
        "targets",
        targets.stream().map(EventId::value).toList(),
        Map.of(
            "room",
            room.number(),
            "rel_type",
            wanted.relType == null ? "" : wanted.relType,
            "type",
            wanted.type == null ? "" : wanted.type,
            "after",
            wanted.backwards ? wanted.to : wanted.from,
            "up_to",
            Math.min(wanted.backwards ? wanted.from : wanted.to, room.snapshot().position()),
            "limit",
            wanted.limit + 1));
  }

  /// Everything that points at `target` directly or through others, as far as it is wanted.
  private List<StoredEvent> followed(Room room, EventId target, Wanted wanted) {
    Wanted all = new Wanted(null, null, true, Long.MAX_VALUE, 0, MAX_FOLLOWED, false);
    List<StoredEvent> found = new ArrayList<>();
    Set<EventId> seen = new HashSet<>(Set.of(target));
    Collection<EventId> level = List.of(target);
    for (int depth = 0; depth < MAX_DEPTH && !level.isEmpty(); depth++) {
      List<EventId> next = new ArrayList<>();
      for (StoredEvent event : direct(room, level, all)) {
        if (seen.add(event.id()) && found.size() < MAX_FOLLOWED) {
          next.add(event.id());
          found.add(event);
        }
      }
      level = next;
    }
    Comparator<StoredEvent> order = Comparator.comparingLong(StoredEvent::position);
    return found.stream()
        .filter(event -> wants(wanted, event))
        .sorted(wanted.backwards ? order.reversed() : order)
        .toList();
  }

  private static boolean wants(Wanted wanted, StoredEvent event) {
    long position = event.position();
    boolean inRange =
        wanted.backwards
            ? position <= wanted.from && position > wanted.to
            : position > wanted.from && position <= wanted.to;
    EventRelation relation = EventRelation.of(event.content());
    return inRange
        && (wanted.type == null || wanted.type.equals(event.type()))
        && (wanted.relType == null || relation != null && wanted.relType.equals(relation.type()));
  }

  /// Those of `events` at which events of the same room point.
  ///
  /// @param relTypes in one of these ways; empty for any
  /// @param senders sent by one of these; empty for anybody
  Set<EventId> pointedAt(
      Room room, List<StoredEvent> events, List<String> relTypes, List<UserId> senders) {
    List<Long> numbers =
        senders.stream().flatMap(user -> users.knownNumber(user).stream()).toList();
    if (events.isEmpty() || !senders.isEmpty() && numbers.isEmpty()) {
      return Set.of();
    }
    String sql =
        POINTED_AT
            + (relTypes.isEmpty() ? "" : " AND r.rel_type IN (<types>)")
            + (senders.isEmpty() ? "" : " AND e.sender_number IN (<senders>)");
    return store.read(
        handle -> {
          var query =
              handle
                  .createQuery(sql)
                  .bindList("targets", events.stream().map(event -> event.id().value()).toList())
                  .bind("room", room.number());
          if (!relTypes.isEmpty()) {
            query.bindList("types", relTypes);
          }
          if (!senders.isEmpty()) {
            query.bindList("senders", numbers);
          }
          return Set.copyOf(query.map((row, _) -> new EventId(row.getString(1))).list());
        });
  }

  /// Refuses what points at an event that it cannot point at, or at one it has been given to
  /// already. What points at nothing costs nothing.
  ///
  /// @throws MatrixException `M_UNKNOWN` if the room has no such event, or a thread would hang on
  ///   an event that relates to another; `M_DUPLICATE_ANNOTATION`
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#validation-of-mthread-relationships
  void check(Room room, UserId sender, Admitted admitted) {
    EventRelation relation = EventRelation.of(admitted.content());
    for (String id : admitted.pointsAt()) {
      if (relation == null || !relation.target().value().equals(id)) {
        require(room, new EventId(id));
      }
    }
    if (relation == null) {
      return;
    }
    StoredEvent target = require(room, relation.target());
    if (relation.type().equals(EventRelation.THREAD)
        && EventRelation.of(target.content()) != null) {
      throw new MatrixException(
          ErrorCode.M_UNKNOWN, "A thread cannot start at an event that relates to another.");
    }
    if (relation.type().equals(EventRelation.ANNOTATION) && relation.key() != null) {
      requireUnique(room, sender, admitted.type(), relation);
    }
  }

  private StoredEvent require(Room room, EventId id) {
    return timeline
        .event(room, id)
        .orElseThrow(
            () ->
                new MatrixException(
                    ErrorCode.M_UNKNOWN, "This relates to an event that is not in the room."));
  }

  /// @spec https://spec.matrix.org/v1.19/client-server-api/#avoiding-duplicate-annotations
  private void requireUnique(Room room, UserId sender, String type, EventRelation relation) {
    boolean given =
        store
            .select(
                ANNOTATIONS_BY,
                Map.of(
                    "target", relation.target().value(),
                    "rel_type", relation.type(),
                    "room", room.number(),
                    "type", type,
                    "sender", users.number(sender)))
            .stream()
            .map(event -> EventRelation.of(event.content()))
            .anyMatch(relation::equals);
    if (given) {
      throw new MatrixException(
          ErrorCode.M_DUPLICATE_ANNOTATION, "You have reacted to this event in this way already.");
    }
  }

  /// The newest `limit` events of (from, to] that say to be in a thread, newest first. What relates
  /// to such an event without saying so is left out.
  public List<StoredEvent> inThreads(Room room, long from, long to, int limit) {
    if (room.snapshot().relatedAt() <= from || from >= to) {
      return List.of();
    }
    return store.select(
        IN_THREADS, Map.of("room", room.number(), "after", from, "up_to", to, "limit", limit));
  }

  /// A thread by its root and its newest event.
  private record ThreadActivity(EventId root, long latest) {}

  /// The roots of a room's threads whose newest event is not after `from`, those used last first. A
  /// root by somebody ignored comes redacted.
  ///
  /// @param participated only threads in which the reader spoke
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#querying-threads-in-a-room
  public Pages.Page threads(
      RoomAccess.Reading reading, boolean participated, long from, int limit) {
    List<ThreadActivity> threads =
        activities(reading, participated ? users.number(reading.user()) : 0, from, limit + 1);
    List<StoredEvent> roots = new ArrayList<>();
    for (ThreadActivity thread : threads.subList(0, Math.min(limit, threads.size()))) {
      timeline
          .event(reading.room(), thread.root)
          .filter(reading.sight())
          .map(
              root ->
                  reading.ignored().contains(root.sender())
                      ? EventBuilder.redacted(reading.room().version(), root)
                      : root)
          .ifPresent(roots::add);
    }
    return new Pages.Page(roots, threads.size() > limit ? threads.get(limit - 1).latest - 1 : null);
  }

  private List<ThreadActivity> activities(
      RoomAccess.Reading reading, long user, long from, int limit) {
    List<Long> ignored = new ArrayList<>(List.of(NOBODY));
    reading.ignored().forEach(one -> users.knownNumber(one).ifPresent(ignored::add));
    return store.read(
        handle ->
            handle
                .createQuery(THREADS)
                .bindList("ignored", ignored)
                .bind("room", reading.room().number())
                .bind("horizon", Math.min(reading.horizon(), reading.room().snapshot().position()))
                .bind("up_to", from)
                .bind("user", user)
                .bind("limit", limit)
                .map((row, _) -> new ThreadActivity(new EventId(row.getString(1)), row.getLong(2)))
                .list());
  }
}
