package dev.sotto.homeserver.rooms;

import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import dev.sotto.protocol.json.RawJson;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/// Finds what is bundled with events: their newest edit, their thread, what refers to them. A few
/// queries for any number of events. Left out is what the viewer may not see or does not want to.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#aggregations-of-child-events
final class Bundling {
  /// How many events that point at those of a whole page are looked at, the newest first.
  private static final int MAX_RELATED = 5_000;

  private static final String RELATED =
      """
      SELECT r.target_id, r.rel_type, r.position, r.room_number, e.sender_number, e.type,
        e.event_id, e.sent_at
      FROM relations r JOIN events e ON e.position = r.position
      WHERE r.target_id IN (<targets>) AND r.rel_type IN (<types>) AND e.redacted_by IS NULL
      ORDER BY r.position DESC LIMIT :limit
      """;
  private static final String THREADS =
      """
      SELECT r.target_id, r.room_number, COUNT(*), MAX(r.position),
        MAX(CASE WHEN e.sender_number = :viewer THEN 1 ELSE 0 END)
      FROM relations r JOIN events e ON e.position = r.position
      WHERE r.target_id IN (<targets>) AND r.rel_type = 'm.thread' AND e.redacted_by IS NULL
      GROUP BY r.target_id, r.room_number
      """;

  /// An event that points at another.
  private record Related(
      EventId target,
      String relType,
      long position,
      long room,
      long sender,
      String type,
      EventId id,
      long sentAt) {
    boolean isNewerEditThan(Related other) {
      return sentAt != other.sentAt
          ? sentAt > other.sentAt
          : id.value().compareTo(other.id.value()) > 0;
    }
  }

  private record ThreadSummary(
      EventId root, long room, long count, long latest, boolean participated) {}

  /// The events that others may be bundled with, and what their viewer sees.
  private record Page(
      Map<EventId, StoredEvent> targets, long viewer, Map<Long, Sight> sights, Set<Long> ignored) {
    List<String> ids() {
      return targets.keySet().stream().map(EventId::value).toList();
    }

    boolean isUnlimited() {
      return ignored.isEmpty() && sights.values().stream().allMatch(Sight::isUnlimited);
    }

    boolean shows(Related one) {
      return isTarget(one.target, one.room)
          && !ignored.contains(one.sender)
          && sights.getOrDefault(one.room, Sight.ALL).messageAt(one.position);
    }

    /// Whether an event of `room` points at one of these; across rooms nothing is related.
    boolean isTarget(EventId target, long room) {
      StoredEvent event = targets.get(target);
      return event != null && event.roomNumber() == room;
    }
  }

  private final RoomStore store;
  private final Users users;
  private final Rooms rooms;
  private final Visibility visibility;
  private final UserFacts facts;

  Bundling(RoomStore store, Users users, Rooms rooms, Visibility visibility, UserFacts facts) {
    this.store = store;
    this.users = users;
    this.rooms = rooms;
    this.visibility = visibility;
    this.facts = facts;
  }

  /// For the id of each of `events` that has any, the JSON of `m.relations`.
  ///
  /// @param views turns events that are bundled into what the viewer sees of them
  Map<EventId, byte[]> of(
      Collection<StoredEvent> events,
      UserId viewer,
      Function<List<StoredEvent>, List<EventView>> views) {
    Page page = page(events, viewer);
    if (page.targets.isEmpty()) {
      return Map.of();
    }
    List<Related> related = related(page, EventRelation.REPLACE, EventRelation.REFERENCE);
    List<ThreadSummary> threads =
        page.isUnlimited() ? threads(page) : summarised(page, related(page, EventRelation.THREAD));
    Map<EventId, Related> edits = newestEdits(page, related);
    Map<Long, byte[]> shown =
        shown(
            Stream.concat(
                edits.values().stream().map(Related::position),
                threads.stream().map(ThreadSummary::latest)),
            views);
    return assemble(page, related, edits, threads, shown);
  }

  /// The same with the newest edits alone.
  Map<EventId, byte[]> editsOf(
      Collection<StoredEvent> events,
      UserId viewer,
      Function<List<StoredEvent>, List<EventView>> views) {
    Page page = page(events, viewer);
    if (page.targets.isEmpty()) {
      return Map.of();
    }
    Map<EventId, Related> edits = newestEdits(page, related(page, EventRelation.REPLACE));
    return edits.isEmpty()
        ? Map.of()
        : assemble(
            page,
            List.of(),
            edits,
            List.of(),
            shown(edits.values().stream().map(Related::position), views));
  }

  private Map<Long, byte[]> shown(
      Stream<Long> positions, Function<List<StoredEvent>, List<EventView>> views) {
    Set<Long> wanted = new HashSet<>();
    positions.forEach(wanted::add);
    Map<Long, byte[]> shown = new HashMap<>();
    for (EventView view : views.apply(store.byPositions(wanted))) {
      shown.put(view.event().position(), view.bytes(true));
    }
    return shown;
  }

  private Page page(Collection<StoredEvent> events, UserId viewer) {
    Map<EventId, StoredEvent> targets = new HashMap<>();
    Map<Long, Sight> sights = new HashMap<>();
    for (StoredEvent event : events) {
      Room room = rooms.byNumber(event.roomNumber());
      if (!event.isState()
          && room.snapshot().relatedAt() > event.position()
          && mayHaveChildren(event)) {
        targets.put(event.id(), event);
        sights.computeIfAbsent(room.number(), _ -> visibility.of(room, viewer));
      }
    }
    Set<Long> ignored = new HashSet<>();
    if (!targets.isEmpty()) {
      facts
          .ignoredBy(viewer)
          .forEach(user -> users.knownNumber(user).ifPresent(number -> ignored.add(number)));
    }
    return new Page(targets, users.number(viewer), sights, ignored);
  }

  /// Edits and annotations have no children of their own.
  private static boolean mayHaveChildren(StoredEvent event) {
    EventRelation own = EventRelation.of(event.content());
    return own == null
        || !own.type().equals(EventRelation.REPLACE)
            && !own.type().equals(EventRelation.ANNOTATION);
  }

  private static Map<EventId, byte[]> assemble(
      Page page,
      List<Related> related,
      Map<EventId, Related> edits,
      List<ThreadSummary> threads,
      Map<Long, byte[]> shown) {
    Map<EventId, ObjectNode> bundles = new HashMap<>();
    edits.forEach(
        (target, edit) -> bundle(bundles, target).set("m.replace", raw(shown.get(edit.position))));
    for (Related one : related.reversed()) {
      if (one.relType.equals(EventRelation.REFERENCE)) {
        bundle(bundles, one.target)
            .withObject("m.reference")
            .withArray("chunk")
            .addObject()
            .put("event_id", one.id.value());
      }
    }
    for (ThreadSummary thread : threads) {
      if (page.isTarget(thread.root, thread.room)) {
        ObjectNode summary = bundle(bundles, thread.root).putObject("m.thread");
        summary.set("latest_event", raw(shown.get(thread.latest)));
        summary.put("count", thread.count);
        summary.put("current_user_participated", thread.participated);
      }
    }
    Map<EventId, byte[]> json = new HashMap<>();
    bundles.forEach((target, bundle) -> json.put(target, Json.bytes(bundle)));
    return json;
  }

  private static ObjectNode bundle(Map<EventId, ObjectNode> bundles, EventId target) {
    return bundles.computeIfAbsent(target, _ -> Json.object());
  }

  private static JsonNode raw(byte @Nullable [] json) {
    if (json == null) {
      return Json.object();
    }
    return Json.mapper().getNodeFactory().rawValueNode(new RawValue(new RawJson(json)));
  }

  /// The newest edit of each event by its own sender. A redacted event has none.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#validity-of-replacement-events
  private Map<EventId, Related> newestEdits(Page page, List<Related> related) {
    Map<EventId, Related> edits = new HashMap<>();
    for (Related one : related) {
      StoredEvent target = page.targets.get(one.target);
      if (one.relType.equals(EventRelation.REPLACE)
          && target != null
          && target.redactedBy() == 0
          && one.type.equals(target.type())
          && one.sender == users.number(target.sender())) {
        edits.merge(one.target, one, (a, b) -> b.isNewerEditThan(a) ? b : a);
      }
    }
    return edits;
  }

  /// What points at the page's events in these ways, as far as it is shown, newest first.
  private List<Related> related(Page page, String... types) {
    return store.read(
        handle ->
            handle
                .createQuery(RELATED)
                .bindList("targets", page.ids())
                .bindList("types", List.of(types))
                .bind("limit", MAX_RELATED)
                .map(
                    (row, _) ->
                        new Related(
                            new EventId(row.getString(1)),
                            row.getString(2),
                            row.getLong(3),
                            row.getLong(4),
                            row.getLong(5),
                            row.getString(6),
                            new EventId(row.getString(7)),
                            row.getLong(8)))
                .stream()
                .filter(page::shows)
                .toList());
  }

  /// The threads as they are for one who sees everything.
  private List<ThreadSummary> threads(Page page) {
    return store.read(
        handle ->
            new ArrayList<>(
                handle
                    .createQuery(THREADS)
                    .bindList("targets", page.ids())
                    .bind("viewer", page.viewer)
                    .map(
                        (row, _) -> {
                          EventId root = new EventId(row.getString(1));
                          return new ThreadSummary(
                              root,
                              row.getLong(2),
                              row.getLong(3),
                              row.getLong(4),
                              row.getInt(5) == 1 || isBy(page, root));
                        })
                    .list()));
  }

  /// The threads as they are made up by these answers, newest first.
  private List<ThreadSummary> summarised(Page page, List<Related> answers) {
    Map<EventId, ThreadSummary> threads = new HashMap<>();
    for (Related one : answers) {
      boolean own = one.sender == page.viewer || isBy(page, one.target);
      threads.merge(
          one.target,
          new ThreadSummary(one.target, one.room, 1, one.position, own),
          (newer, _) ->
              new ThreadSummary(
                  one.target, one.room, newer.count + 1, newer.latest, newer.participated || own));
    }
    return List.copyOf(threads.values());
  }

  private boolean isBy(Page page, EventId root) {
    StoredEvent event = page.targets.get(root);
    return event != null && users.number(event.sender()) == page.viewer;
  }
}
