package dev.sotto.homeserver.keys;

import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Stream;
import dev.sotto.homeserver.journal.Topics;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.id.UserId;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/// Tells users whose devices or keys have changed since a position.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#tracking-the-device-list-for-a-user
public final class DeviceLists {
  /// What a client is to do with the users it tracks.
  ///
  /// @param changed users to ask for the keys of again
  /// @param left users to track no longer
  public record Changes(Set<UserId> changed, Set<UserId> left) {}

  private final Database database;
  private final Journal journal;
  private final Users users;
  private final SharedRooms sharedRooms;
  private final DeviceListStore store;

  public DeviceLists(Database database, Journal journal, Users users, SharedRooms sharedRooms) {
    this.database = database;
    this.journal = journal;
    this.users = users;
    this.sharedRooms = sharedRooms;
    this.store = new DeviceListStore(database.dialect());
  }

  /// Tells everyone who shares a room with `user`, and the user's own devices, that a device or key
  /// of the user came, changed or went.
  public void announce(Transaction transaction, long user) {
    long[] topics = sharedRooms.topics(users.id(user));
    long position = transaction.append(Stream.DEVICE_LISTS, topics);
    store.put(transaction.handle(), user, DeviceListStore.EVERYONE, position);
  }

  /// Tells `viewer` alone that the keys of `user`, as this viewer sees them, have changed.
  void announceTo(Transaction transaction, long viewer, long user) {
    long position = transaction.append(Stream.DEVICE_LISTS, Topics.user(viewer));
    store.put(transaction.handle(), user, viewer, position);
  }

  /// Users whose devices or keys changed in (from, to], as far as `viewer` is to know: those who
  /// share a room with the viewer now, the viewer, and those whose keys the viewer signed. Costs no
  /// query where nothing changed lately.
  ///
  /// Of each user the newest change counts: who changed in the span and again after it is named for
  /// the span after.
  public Set<UserId> changedUsers(UserId viewer, long from, long to) {
    if (from >= to || !mayHoldChanges(from, to)) {
      return Set.of();
    }
    long number = users.number(viewer);
    DeviceListStore.Changed changed =
        database.read(handle -> store.between(handle, number, from, to));
    Set<UserId> result = new HashSet<>();
    if (!changed.forEveryone().isEmpty()) {
      result.addAll(users.ids(changed.forEveryone()).values());
      result.retainAll(sharedRooms.sharing(viewer));
      if (changed.forEveryone().contains(number)) {
        result.add(viewer);
      }
    }
    result.addAll(users.ids(changed.forViewer()).values());
    return result;
  }

  private boolean mayHoldChanges(long from, long to) {
    AtomicBoolean found = new AtomicBoolean();
    boolean complete =
        journal.recent(
            from,
            to,
            row -> {
              if (row.stream() == Stream.DEVICE_LISTS) {
                found.setPlain(true);
              }
            });
    return found.getPlain() || !complete;
  }

  /// All that a client is to know about the device lists that it tracks between two positions.
  ///
  /// @param sharing the part that memberships bring about
  public Changes changes(UserId viewer, long from, long to, SharingChanges sharing) {
    SharingChanges.Moved moved = sharing.between(viewer, from, to);
    Set<UserId> changed = new HashSet<>(changedUsers(viewer, from, to));
    changed.addAll(moved.began());
    Set<UserId> left = new HashSet<>(moved.ended());
    left.removeAll(changed);
    return new Changes(changed, left);
  }
}
