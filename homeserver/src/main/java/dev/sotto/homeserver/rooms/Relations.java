package dev.sotto.homeserver.rooms;

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
import tools.jackson.databind.node.ObjectNode;

/// Events that point at other events.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#forming-relationships-between-events
public final class Relations {
  /// How far `recurse` follows events that point at events that point at the first one.
  public static final int MAX_DEPTH = 3;

  /// How many events `recurse` follows.
  private static final int MAX_FOLLOWED = 2_000;

  private static final String POINTING_AT =
      """
      SELECT %s FROM relations r JOIN events e ON e.position = r.position
      WHERE r.target_id IN (<targets>) AND r.room_number = :room
        AND (:rel_type = '' OR r.rel_type = :rel_type) AND (:type = '' OR e.type = :type)
        AND r.position > :after AND r.position <= :up_to
      ORDER BY r.position DESC LIMIT :limit
      """
          .formatted(RoomStore.columns("e"));
  private static final String POINTING_AT_OLDEST_FIRST =
      POINTING_AT.replace("position DESC", "position ASC");
  private static final String ANNOTATIONS_BY =
      """
      SELECT %s FROM relations r JOIN events e ON e.position = r.position
      WHERE r.target_id = :target AND r.rel_type = :rel_type AND e.redacted_by IS NULL
        AND e.type = :type AND e.sender_number = :sender
      """
          .formatted(RoomStore.columns("e"));
  private static final String IN_THREADS =
      """
      SELECT %s FROM relations r JOIN events e ON e.position = r.position
      WHERE r.room_number = :room AND r.rel_type = 'm.thread'
        AND r.position > :after AND r.position <= :up_to
      ORDER BY r.position DESC LIMIT :limit
      """
          .formatted(RoomStore.columns("e"));
  private static final String THREADS =
      """
      SELECT r.target_id, MAX(r.position) AS latest
      FROM relations r JOIN events e ON e.position = r.position
      WHERE r.room_number = :room AND r.rel_type = 'm.thread'
      GROUP BY r.target_id
      HAVING MAX(r.position) <= :up_to
        AND (:user = 0 OR MAX(CASE WHEN e.sender_number = :user THEN 1 ELSE 0 END) = 1
          OR r.target_id IN (SELECT event_id FROM events
            WHERE event_id = r.target_id AND sender_number = :user))
      ORDER BY latest DESC LIMIT :limit
      """;

  private final RoomStore store;
  private final Users users;

  Relations(RoomStore store, Users users) {
    this.store = store;
    this.users = users;
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
      if (event.redactedBy() == 0 && reading.sees().test(event)) {
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
            "room", room.number(),
            "rel_type", wanted.relType == null ? "" : wanted.relType,
            "type", wanted.type == null ? "" : wanted.type,
            "after", wanted.backwards ? wanted.to : wanted.from,
            "up_to", wanted.backwards ? wanted.from : wanted.to,
            "limit", wanted.limit + 1));
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

  /// Refuses a reaction that its sender has given already.
  ///
  /// @throws MatrixException `M_DUPLICATE_ANNOTATION`
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#avoiding-duplicate-annotations
  void requireUnique(UserId sender, String type, ObjectNode content) {
    EventRelation relation = EventRelation.of(content);
    if (relation == null
        || relation.key() == null
        || !relation.type().equals(EventRelation.ANNOTATION)) {
      return;
    }
    boolean given =
        store
            .select(
                ANNOTATIONS_BY,
                Map.of(
                    "target", relation.target().value(),
                    "rel_type", relation.type(),
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
  public record ThreadActivity(EventId root, long latest) {}

  /// The threads of a room whose newest event is not after `from`, those used last first.
  ///
  /// @param participant only threads in which this user spoke, or null for all
  public List<ThreadActivity> threads(
      Room room, @Nullable UserId participant, long from, int limit) {
    long user = participant == null ? 0 : users.number(participant);
    return store.read(
        handle ->
            handle
                .createQuery(THREADS)
                .bind("room", room.number())
                .bind("up_to", from)
                .bind("user", user)
                .bind("limit", limit)
                .map((row, _) -> new ThreadActivity(new EventId(row.getString(1)), row.getLong(2)))
                .list());
  }
}
