package dev.sotto.homeserver.rooms;

import dev.sotto.protocol.event.Event;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.rules.PowerLevels;
import dev.sotto.protocol.rules.RoomVersion;
import dev.sotto.protocol.rules.StateView;
import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.HashTreePSet;
import org.pcollections.PMap;
import org.pcollections.PSet;

/// A room's state at one point: immutable, and sharing its structure with the states around it.
public final class RoomState implements StateView {
  static final RoomState EMPTY =
      new RoomState(HashTreePMap.empty(), HashTreePSet.empty(), HashTreePSet.empty(), null);

  private final PMap<StateKey, StoredEvent> events;
  private final PSet<UserId> joined;
  private final PSet<UserId> invited;
  private final @Nullable StoredEvent newest;

  private RoomState(
      PMap<StateKey, StoredEvent> events,
      PSet<UserId> joined,
      PSet<UserId> invited,
      @Nullable StoredEvent newest) {
    this.events = events;
    this.joined = joined;
    this.invited = invited;
    this.newest = newest;
  }

  /// This state after `event` was added to it; a message-like event changes nothing.
  RoomState with(StoredEvent event) {
    if (!event.isState()) {
      return this;
    }
    PMap<StateKey, StoredEvent> changed = events.plus(event.key(), event);
    if (!event.isMember()) {
      return new RoomState(changed, joined, invited, later(event));
    }
    UserId user = new UserId(String.valueOf(event.stateKey()));
    Membership membership = Membership.of(event);
    return new RoomState(
        changed,
        membership == Membership.JOIN ? joined.plus(user) : joined.minus(user),
        membership == Membership.INVITE ? invited.plus(user) : invited.minus(user),
        later(event));
  }

  /// An event that is not on disk yet has no position, and comes after all that have one.
  private StoredEvent later(StoredEvent event) {
    return newest == null || event.position() == 0 || event.position() > newest.position()
        ? event
        : newest;
  }

  /// The position of the last event that changed it: from there on this is the state.
  public long changedAt() {
    return newest == null ? 0 : newest.position();
  }

  /// The event that holds `key`, with its bytes and position; null if it was never set.
  public @Nullable StoredEvent stored(StateKey key) {
    return events.get(key);
  }

  @Override
  public @Nullable Event get(StateKey key) {
    StoredEvent event = events.get(key);
    return event == null ? null : event.event();
  }

  /// Every state event, in no order.
  public Collection<StoredEvent> all() {
    return events.values();
  }

  /// A user's membership; `LEAVE` for one who never had any.
  public Membership membership(UserId user) {
    StoredEvent event = events.get(StateKey.member(user));
    return event == null ? Membership.LEAVE : Membership.of(event);
  }

  public boolean isJoined(UserId user) {
    return joined.contains(user);
  }

  public Set<UserId> joined() {
    return joined;
  }

  public Set<UserId> invited() {
    return invited;
  }

  /// The create event; every room has one.
  public StoredEvent create() {
    StoredEvent create = events.get(StateKey.CREATE);
    if (create == null) {
      throw new IllegalStateException("a room without its create event");
    }
    return create;
  }

  public PowerLevels powerLevels(RoomVersion version) {
    return PowerLevels.of(version, get(StateKey.POWER_LEVELS), create().event());
  }

  /// A string of a state event's content, or null where the event or the string is missing.
  public @Nullable String string(StateKey key, String name) {
    Event event = get(key);
    return event == null ? null : event.contentString(name);
  }

  public HistoryVisibility historyVisibility() {
    StoredEvent event = events.get(StateKey.HISTORY_VISIBILITY);
    return event == null ? HistoryVisibility.SHARED : HistoryVisibility.of(event);
  }
}
