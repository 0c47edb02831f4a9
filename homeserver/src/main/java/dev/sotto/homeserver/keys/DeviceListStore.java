package dev.sotto.homeserver.keys;

import dev.sotto.homeserver.db.Dialect;
import java.util.HashSet;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/// The table `device_list_changes`.
final class DeviceListStore {
  /// Stands for all who share a room.
  static final long EVERYONE = 0;

  private static final String BETWEEN =
      """
      SELECT user_number, seen_by FROM device_list_changes
      WHERE position > :from AND position <= :to AND (seen_by = 0 OR seen_by = :viewer)
      """;

  /// User numbers: changes for all to see, and for the viewer alone.
  record Changed(Set<Long> forEveryone, Set<Long> forViewer) {}

  private final String put;

  DeviceListStore(Dialect dialect) {
    put = dialect.upsert("device_list_changes", "user_number, seen_by", "position");
  }

  void put(Handle handle, long user, long seenBy, long position) {
    handle
        .createUpdate(put)
        .bind("user_number", user)
        .bind("seen_by", seenBy)
        .bind("position", position)
        .execute();
  }

  Changed between(Handle handle, long viewer, long from, long to) {
    Changed changed = new Changed(new HashSet<>(), new HashSet<>());
    handle
        .createQuery(BETWEEN)
        .bind("viewer", viewer)
        .bind("from", from)
        .bind("to", to)
        .map(
            (row, _) ->
                (row.getLong(2) == EVERYONE ? changed.forEveryone : changed.forViewer)
                    .add(row.getLong(1)))
        .forEach(_ -> {});
    return changed;
  }
}
