package dev.sotto.homeserver.sync;

import dev.sotto.homeserver.rooms.Room;
import dev.sotto.homeserver.rooms.StoredEvent;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What one sync shows of one room, in the making.
///
/// @param changes for a client that has some state of the room, the last event of each key that was
///   set since; null where it gets the whole state
/// @param past the state that the shown state is taken from; null where `changes` are all
record RoomPart(
    Window window,
    TimelinePart timeline,
    boolean after,
    @Nullable Collection<StoredEvent> changes,
    @Nullable PastState past,
    @Nullable RoomSummary summary) {

  /// A part that shows nothing of a room.
  static RoomPart nothing(Room room, long position, SyncRequest.StateForm form) {
    return new RoomPart(
        new Window(room, room.snapshot(), position, position, position, false),
        new TimelinePart(List.of(), false, position, position, false, Map.of()),
        form.isAfter(),
        List.of(),
        null,
        null);
  }

  /// This part with `more` behind its timeline.
  RoomPart with(Collection<StoredEvent> more) {
    return new RoomPart(window, timeline.with(more), after, changes, past, summary);
  }

  /// The state to be shown, before the client's filter is asked.
  ///
  /// @param memory which members the device has, or null if members are not to be left out
  Collection<StoredEvent> state(UserId viewer, LazyMembers.@Nullable Memory memory) {
    Map<StateKey, StoredEvent> state = new HashMap<>();
    boolean lazy = memory != null;
    Collection<StoredEvent> base =
        changes != null ? changes : past == null ? List.of() : past.all();
    for (StoredEvent event : base) {
      if (!lazy || changes != null || !event.isMember()) {
        state.put(event.key(), event);
      }
    }
    if (!after) {
      state.putAll(timeline.unseen());
    }
    if (memory != null && past != null) {
      for (UserId user : needed(viewer)) {
        StoredEvent member = past.get(StateKey.member(user));
        if (member != null && !isKnown(memory, user, member)) {
          state.putIfAbsent(member.key(), member);
        }
      }
    }
    return state.values();
  }

  private boolean isKnown(LazyMembers.Memory memory, UserId user, StoredEvent member) {
    return !window.wholeState()
        && memory.knows(new LazyMembers.Member(window.room().number(), user), member.position());
  }

  /// Whom a client must know to show the room.
  private Set<UserId> needed(UserId viewer) {
    Set<UserId> needed = new HashSet<>();
    Set<String> shown = new HashSet<>();
    for (StoredEvent event : timeline.events()) {
      if (after || !shown.contains(event.sender().value())) {
        needed.add(event.sender());
      }
      if (event.isMember()) {
        shown.add(String.valueOf(event.stateKey()));
      }
    }
    if (summary != null && summary.heroes() != null) {
      needed.addAll(summary.heroes());
    }
    if (window.wholeState()) {
      needed.add(viewer);
    }
    return needed;
  }

  /// The members that this room's `state` and timeline tell of, each with the position of the last
  /// event told.
  void tell(Collection<StoredEvent> state, Map<LazyMembers.Member, Long> told) {
    List<StoredEvent> inOrder = new ArrayList<>(state);
    inOrder.addAll(timeline.events());
    for (StoredEvent event : inOrder) {
      if (event.isMember()) {
        told.merge(
            new LazyMembers.Member(
                window.room().number(), new UserId(String.valueOf(event.stateKey()))),
            event.position(),
            Math::max);
      }
    }
  }
}
