package dev.sotto.homeserver.rooms;

import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What is told of a room to somebody who may join it, and the tree of rooms below a space.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#room-summary-api
/// @spec https://spec.matrix.org/v1.19/client-server-api/#querying-rooms-within-a-space
public final class RoomSummaries {
  private static final int MAX_CHILDREN = 1_000;
  private static final int MAX_VISITED = 5_000;

  private final Rooms rooms;
  private final RestrictedJoins restrictedJoins;

  RoomSummaries(Rooms rooms, RestrictedJoins restrictedJoins) {
    this.rooms = rooms;
    this.restrictedJoins = restrictedJoins;
  }

  /// The summary of a room, else `M_NOT_FOUND`: whether a closed room exists is not told.
  ///
  /// @param user null for somebody unknown
  public ObjectNode summary(RoomId id, @Nullable UserId user) {
    Room room =
        rooms
            .find(id)
            .filter(found -> maySee(found.state(), user))
            .orElseThrow(
                () -> MatrixException.notFound("There is no such room, or it is not open to you."));
    ObjectNode summary = describe(room);
    if (user != null) {
      summary.put("membership", room.state().membership(user).wireName());
    }
    return summary;
  }

  private boolean maySee(RoomState state, @Nullable UserId user) {
    String rule = state.string(StateKey.JOIN_RULES, "join_rule");
    boolean open =
        "public".equals(rule)
            || "knock".equals(rule)
            || "knock_restricted".equals(rule)
            || state.historyVisibility() == HistoryVisibility.WORLD_READABLE;
    if (open && (user == null || state.membership(user) != Membership.BAN)) {
      return true;
    }
    if (user == null) {
      return false;
    }
    Membership membership = state.membership(user);
    return membership == Membership.JOIN
        || membership == Membership.INVITE
        || restrictedJoins.admit(state, user);
  }

  private static ObjectNode describe(Room room) {
    RoomState state = room.state();
    ObjectNode summary = Json.object();
    summary.put("room_id", room.id().value());
    put(summary, "name", state.string(StateKey.NAME, "name"));
    put(summary, "topic", state.string(StateKey.TOPIC, "topic"));
    put(summary, "avatar_url", state.string(StateKey.AVATAR, "url"));
    put(summary, "canonical_alias", state.string(StateKey.CANONICAL_ALIAS, "alias"));
    put(summary, "room_type", state.create().event().contentString("type"));
    put(summary, "encryption", state.string(StateKey.ENCRYPTION, "algorithm"));
    summary.put("room_version", room.version().id());
    summary.put("num_joined_members", state.joined().size());
    String rule = state.string(StateKey.JOIN_RULES, "join_rule");
    summary.put("join_rule", rule == null ? "invite" : rule);
    summary.put(
        "guest_can_join", "can_join".equals(state.string(StateKey.GUEST_ACCESS, "guest_access")));
    summary.put("world_readable", state.historyVisibility() == HistoryVisibility.WORLD_READABLE);
    List<RoomId> allowed = RestrictedJoins.allowed(state);
    if (!allowed.isEmpty()) {
      ArrayNode ids = summary.putArray("allowed_room_ids");
      allowed.forEach(id -> ids.add(id.value()));
    }
    return summary;
  }

  private static void put(ObjectNode into, String name, @Nullable String value) {
    if (value != null) {
      into.put(name, value);
    }
  }

  /// A page of a tree of rooms.
  ///
  /// @param skip how many rooms of the tree came on earlier pages
  /// @param maxDepth how many levels below the space itself are shown
  public record TreePage(int skip, int limit, int maxDepth, boolean suggestedOnly) {}

  /// The rooms of a space, itself first, depth first, as far as `user` may see them.
  ///
  /// @return at most `limit` + 1 rooms: one more than wanted means that there is another page
  public List<ObjectNode> tree(RoomId space, UserId user, TreePage page) {
    Room root =
        rooms
            .find(space)
            .filter(found -> maySee(found.state(), user))
            .orElseThrow(() -> MatrixException.forbidden("You are not a member of this space."));
    List<ObjectNode> found = new ArrayList<>();
    visit(root, user, page, 0, new HashSet<>(), found);
    return found.subList(Math.min(page.skip, found.size()), found.size());
  }

  private void visit(
      Room room, UserId user, TreePage page, int depth, Set<RoomId> seen, List<ObjectNode> found) {
    if (found.size() > page.skip + page.limit
        || seen.size() > MAX_VISITED
        || !seen.add(room.id())) {
      return;
    }
    List<StoredEvent> children = children(room.state(), page.suggestedOnly);
    ObjectNode described = describe(room);
    ArrayNode childrenState = described.putArray("children_state");
    children.forEach(child -> childrenState.add(stripped(child)));
    found.add(described);
    if (depth == page.maxDepth) {
      return;
    }
    for (StoredEvent child : children) {
      rooms
          .find(idOf(child))
          .filter(next -> maySee(next.state(), user))
          .ifPresent(next -> visit(next, user, page, depth + 1, seen, found));
    }
  }

  /// The children of a space in the order that the spec gives them.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#ordering-of-children-within-a-space
  private static List<StoredEvent> children(RoomState state, boolean suggestedOnly) {
    if (!"m.space".equals(state.create().event().contentString("type"))) {
      return List.of();
    }
    return state.all().stream()
        .filter(event -> event.type().equals(EventTypes.SPACE_CHILD))
        .filter(event -> event.content().path("via").isArray())
        .filter(RoomSummaries::namesRoom)
        .filter(event -> !suggestedOnly || event.content().path("suggested").booleanValue(false))
        .sorted(
            Comparator.comparing(RoomSummaries::order, Comparator.nullsLast(String::compareTo))
                .thenComparingLong(StoredEvent::sentAt)
                .thenComparing(event -> String.valueOf(event.stateKey())))
        .limit(MAX_CHILDREN)
        .toList();
  }

  private static @Nullable String order(StoredEvent child) {
    String order = child.content().path("order").stringValue(null);
    boolean valid =
        order != null
            && order.length() <= 50
            && order.chars().allMatch(c -> c >= 0x20 && c <= 0x7E);
    return valid ? order : null;
  }

  private static boolean namesRoom(StoredEvent child) {
    try {
      return idOf(child).value().startsWith("!");
    } catch (MatrixException _) {
      return false;
    }
  }

  private static RoomId idOf(StoredEvent child) {
    return new RoomId(String.valueOf(child.stateKey()));
  }

  private static ObjectNode stripped(StoredEvent event) {
    ObjectNode stripped = Json.object();
    stripped.put("type", event.type());
    stripped.put("state_key", event.stateKey());
    stripped.set("content", event.content());
    stripped.put("sender", event.sender().value());
    stripped.put("origin_server_ts", event.sentAt());
    return stripped;
  }
}
