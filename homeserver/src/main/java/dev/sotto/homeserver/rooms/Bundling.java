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
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/// Finds what is bundled with events: their newest edit, their thread, what refers to them. Three
/// queries for any number of events.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#aggregations-of-child-events
public final class Bundling {
  /// How many edits and references of a whole page are looked at, the newest first.
  private static final int MAX_RELATED = 5_000;

  private static final String EDITS_AND_REFERENCES =
      """
      SELECT r.target_id, r.rel_type, r.position, e.sender_number, e.type, e.event_id
      FROM relations r JOIN events e ON e.position = r.position
      WHERE r.target_id IN (<targets>) AND r.rel_type IN ('m.replace', 'm.reference')
        AND e.redacted_by IS NULL
      ORDER BY r.position DESC LIMIT :limit
      """;
  private static final String THREADS =
      """
      SELECT r.target_id, COUNT(*), MAX(r.position),
        MAX(CASE WHEN e.sender_number = :viewer THEN 1 ELSE 0 END)
      FROM relations r JOIN events e ON e.position = r.position
      WHERE r.target_id IN (<targets>) AND r.rel_type = 'm.thread' AND e.redacted_by IS NULL
      GROUP BY r.target_id
      """;

  private record Related(
      EventId target, String relType, long position, long sender, String type, EventId id) {}

  private record ThreadSummary(EventId root, long count, long latest, boolean participated) {}

  private final RoomStore store;
  private final Users users;

  Bundling(RoomStore store, Users users) {
    this.store = store;
    this.users = users;
  }

  /// For the id of each of `events` that has any, the JSON of `m.relations`.
  ///
  /// @param views turns events that are bundled into what the viewer sees of them
  Map<EventId, byte[]> of(
      Collection<StoredEvent> events,
      UserId viewer,
      Function<List<StoredEvent>, List<EventView>> views) {
    Map<EventId, StoredEvent> targets = new HashMap<>();
    events.stream().filter(e -> e.redactedBy() == 0).forEach(e -> targets.put(e.id(), e));
    if (targets.isEmpty()) {
      return Map.of();
    }
    List<String> ids = targets.keySet().stream().map(EventId::value).toList();
    List<Related> related = related(ids);
    List<ThreadSummary> threads = threads(ids, users.number(viewer));
    Map<EventId, Related> edits = newestEdits(related, targets);

    Set<Long> positions = new HashSet<>();
    edits.values().forEach(edit -> positions.add(edit.position));
    threads.forEach(thread -> positions.add(thread.latest));
    Map<Long, byte[]> shown = new HashMap<>();
    for (EventView view : views.apply(store.byPositions(positions))) {
      shown.put(view.event().position(), view.bytes(true));
    }
    return assemble(related, edits, threads, shown);
  }

  private static Map<EventId, byte[]> assemble(
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
      ObjectNode summary = bundle(bundles, thread.root).putObject("m.thread");
      summary.set("latest_event", raw(shown.get(thread.latest)));
      summary.put("count", thread.count);
      summary.put("current_user_participated", thread.participated);
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

  /// The newest edit of each event by its own sender.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#validity-of-replacement-events
  private Map<EventId, Related> newestEdits(
      List<Related> related, Map<EventId, StoredEvent> targets) {
    Map<EventId, Related> edits = new HashMap<>();
    for (Related one : related) {
      StoredEvent target = targets.get(one.target);
      if (one.relType.equals(EventRelation.REPLACE)
          && target != null
          && one.type.equals(target.type())
          && one.sender == users.number(target.sender())) {
        edits.putIfAbsent(one.target, one);
      }
    }
    return edits;
  }

  private List<Related> related(List<String> targets) {
    return store.read(
        handle ->
            handle
                .createQuery(EDITS_AND_REFERENCES)
                .bindList("targets", targets)
                .bind("limit", MAX_RELATED)
                .map(
                    (row, _) ->
                        new Related(
                            new EventId(row.getString(1)),
                            row.getString(2),
                            row.getLong(3),
                            row.getLong(4),
                            row.getString(5),
                            new EventId(row.getString(6))))
                .list());
  }

  private List<ThreadSummary> threads(List<String> targets, long viewer) {
    return store.read(
        handle ->
            new ArrayList<>(
                handle
                    .createQuery(THREADS)
                    .bindList("targets", targets)
                    .bind("viewer", viewer)
                    .map(
                        (row, _) ->
                            new ThreadSummary(
                                new EventId(row.getString(1)),
                                row.getLong(2),
                                row.getLong(3),
                                row.getInt(4) == 1))
                    .list()));
  }
}
