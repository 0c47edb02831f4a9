package dev.sotto.homeserver.filters;

import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Which events of rooms are wanted; also the filter of `/messages` and `/context`.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#filtering
public final class RoomEventFilter extends EventFilter {
  /// Wants everything.
  public static final RoomEventFilter ALL = new RoomEventFilter(FilterReader.of("filter"));

  private final @Nullable Set<RoomId> rooms;
  private final @Nullable Set<RoomId> notRooms;
  private final @Nullable Boolean containsUrl;
  private final boolean lazyLoadMembers;
  private final boolean includeRedundantMembers;
  private final boolean unreadThreadNotifications;
  private final List<UserId> relatedBySenders;
  private final List<String> relatedByRelTypes;

  RoomEventFilter(FilterReader json) {
    super(json);
    rooms = json.ids("rooms", RoomId::new);
    notRooms = json.ids("not_rooms", RoomId::new);
    containsUrl = json.flag("contains_url");
    lazyLoadMembers = Boolean.TRUE.equals(json.flag("lazy_load_members"));
    includeRedundantMembers = Boolean.TRUE.equals(json.flag("include_redundant_members"));
    unreadThreadNotifications = Boolean.TRUE.equals(json.flag("unread_thread_notifications"));
    Set<UserId> related = json.ids("related_by_senders", UserId::new);
    relatedBySenders = related == null ? List.of() : List.copyOf(related);
    List<String> relTypes = json.strings("related_by_rel_types");
    relatedByRelTypes = relTypes == null ? List.of() : relTypes;
  }

  /// Reads a filter that stands alone, as a query parameter does.
  ///
  /// @throws dev.sotto.protocol.error.MatrixException `M_BAD_JSON` if a member is ill-typed
  public static RoomEventFilter of(ObjectNode json) {
    return new RoomEventFilter(new FilterReader("filter", json));
  }

  /// Whether events of `room` are wanted at all.
  public boolean matchesRoom(RoomId room) {
    return (notRooms == null || !notRooms.contains(room))
        && (rooms == null || rooms.contains(room));
  }

  /// Whether an event of a room is wanted.
  ///
  /// @param hasUrl whether its content has a `url`; asked only if the filter wants to know
  public boolean matches(String type, UserId sender, RoomId room, BooleanSupplier hasUrl) {
    return matches(type, sender)
        && matchesRoom(room)
        && (containsUrl == null || containsUrl == hasUrl.getAsBoolean());
  }

  public boolean lazyLoadMembers() {
    return lazyLoadMembers;
  }

  public boolean includeRedundantMembers() {
    return includeRedundantMembers;
  }

  public boolean unreadThreadNotifications() {
    return unreadThreadNotifications;
  }

  /// Users of whom one must have sent an event that relates to a wanted one; empty asks for none.
  public List<UserId> relatedBySenders() {
    return relatedBySenders;
  }

  /// Relations of which a wanted event must be the target; empty asks for none.
  public List<String> relatedByRelTypes() {
    return relatedByRelTypes;
  }
}
