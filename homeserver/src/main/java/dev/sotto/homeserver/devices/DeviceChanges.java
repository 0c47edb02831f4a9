package dev.sotto.homeserver.devices;

import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.homeserver.tokens.Tokens;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Renames and removes devices, and whatever hangs on them. Users are given by number.
public final class DeviceChanges {
  private final Journal journal;
  private final Tokens tokens;
  private final List<DeviceListener> listeners;
  private final Devices devices;
  private final DeviceStore store = new DeviceStore();

  public DeviceChanges(
      Journal journal, Devices devices, Tokens tokens, List<DeviceListener> listeners) {
    this.journal = journal;
    this.devices = devices;
    this.tokens = tokens;
    this.listeners = List.copyOf(listeners);
  }

  /// Makes a device; says whether it was not there.
  public boolean create(long user, DeviceId id, @Nullable String name) {
    return journal.write(transaction -> devices.make(transaction, user, id, name));
  }

  /// Gives a device another display name; null leaves it as it is.
  ///
  /// @throws MatrixException `M_NOT_FOUND` if there is no such device
  public void rename(long user, DeviceId id, @Nullable String name) {
    Devices.checkName(name);
    journal.change(
        transaction -> {
          boolean found =
              name == null
                  ? store.find(transaction.handle(), user, id).isPresent()
                  : store.rename(transaction.handle(), user, id, name);
          if (!found) {
            throw MatrixException.notFound("You have no such device.");
          }
          if (name != null) {
            listeners.forEach(listener -> listener.renamed(transaction, user, id));
          }
        });
  }

  /// Removes devices with their tokens; those that are not there count as removed.
  public void remove(long user, Collection<DeviceId> ids) {
    List<DeviceId> doomed = List.copyOf(ids);
    journal.change(
        transaction -> {
          doomed.forEach(id -> remove(transaction, user, id));
        });
  }

  /// Removes all devices of a user but `kept`, which may be null, with their tokens.
  public void removeAll(Transaction transaction, long user, @Nullable DeviceId kept) {
    for (Device device : store.list(transaction.handle(), user)) {
      if (!device.id().equals(kept)) {
        remove(transaction, user, device.id());
      }
    }
  }

  /// Removes a device with its tokens, if it is there.
  public void remove(Transaction transaction, long user, DeviceId id) {
    tokens.revoke(transaction, user, id);
    if (store.delete(transaction.handle(), user, id)) {
      listeners.forEach(listener -> listener.removed(transaction, user, id));
    }
  }
}
