package dev.sotto.homeserver.sync;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sotto.homeserver.rooms.Membership;
import dev.sotto.homeserver.rooms.RoomState;
import dev.sotto.homeserver.rooms.StoredEvent;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Sums up rooms.
///
/// @spec
///   https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3sync_response-200_roomsummary
final class RoomSummaries {
  private static final int HEROES = 5;

  // Every member of a room asks for the same few, so they are looked for once in each state.
  private final Cache<RoomState, List<UserId>> first = Caffeine.newBuilder().weakKeys().build();

  RoomSummary of(RoomState state, UserId viewer) {
    return new RoomSummary(
        isNamed(state) ? null : heroes(state, viewer),
        state.joined().size(),
        state.invited().size());
  }

  private static boolean isNamed(RoomState state) {
    return isSet(state.string(StateKey.NAME, "name"))
        || isSet(state.string(StateKey.CANONICAL_ALIAS, "alias"));
  }

  private static boolean isSet(@Nullable String text) {
    return text != null && !text.isEmpty();
  }

  private List<UserId> heroes(RoomState state, UserId viewer) {
    return first.get(state, RoomSummaries::first).stream()
        .filter(user -> !user.equals(viewer))
        .limit(HEROES)
        .toList();
  }

  /// The members that came first, one more than is shown to each; where nobody is left but one, of
  /// those who were there.
  private static List<UserId> first(RoomState state) {
    Set<UserId> joined = state.joined();
    Set<UserId> invited = state.invited();
    List<StoredEvent> members = new ArrayList<>();
    if (joined.size() + invited.size() > 1) {
      joined.forEach(user -> add(members, state, user));
      invited.forEach(user -> add(members, state, user));
    } else {
      state.all().stream()
          .filter(StoredEvent::isMember)
          .filter(event -> Membership.of(event) != Membership.KNOCK)
          .forEach(members::add);
    }
    return members.stream()
        .sorted(Comparator.comparingLong(StoredEvent::position))
        .limit(HEROES + 1L)
        .map(event -> new UserId(String.valueOf(event.stateKey())))
        .toList();
  }

  private static void add(List<StoredEvent> members, RoomState state, UserId user) {
    StoredEvent event = state.stored(StateKey.member(user));
    if (event != null) {
      members.add(event);
    }
  }
}
