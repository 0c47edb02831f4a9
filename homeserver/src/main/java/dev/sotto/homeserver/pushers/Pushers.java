package dev.sotto.homeserver.pushers;

import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.devices.DeviceListener;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Users' pushers. One goes with the device that set it.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#push-notifications
public final class Pushers implements DeviceListener {
  private static final int MAX_PER_USER = 100;

  private final PusherStore store;
  private final Journal journal;
  private final Users users;
  private final boolean secure;
  private final InstantSource clock;

  /// @param secure whether push gateways must be reached by `https`
  public Pushers(
      Database database, Journal journal, Users users, boolean secure, InstantSource clock) {
    this.store = new PusherStore(database);
    this.journal = journal;
    this.users = users;
    this.secure = secure;
    this.clock = clock;
  }

  /// A user's pushers, oldest first.
  public List<Pusher> of(UserId user) {
    return users.knownNumber(user).map(store::ofUser).orElse(List.of());
  }

  /// Sets a pusher, in the place of one with the same app and key.
  ///
  /// @param append whether other users keep theirs with this app and key
  /// @throws MatrixException `M_INVALID_PARAM` or `M_MISSING_PARAM` for one that nothing could be
  ///   sent to
  public void set(UserId user, @Nullable DeviceId device, Pusher pusher, boolean append) {
    pusher.check(secure);
    long number = users.number(user);
    journal.change(
        transaction -> {
          store.delete(transaction, number, pusher.appId(), pusher.pushkey());
          if (!append) {
            store.deleteOfOthers(transaction, number, pusher.appId(), pusher.pushkey());
          }
          if (store.count(transaction, number) >= MAX_PER_USER) {
            throw new MatrixException(
                ErrorCode.M_RESOURCE_LIMIT_EXCEEDED, "There can be at most 100 pushers.");
          }
          store.put(
              transaction, number, pusher, device == null ? "" : device.value(), clock.millis());
        });
  }

  /// Deletes a pusher; it need not be there.
  public void delete(UserId user, String appId, String pushkey) {
    Pusher.checkKey(appId, pushkey);
    long number = users.number(user);
    journal.change(transaction -> store.delete(transaction, number, appId, pushkey));
  }

  /// Deletes all pushers of a user.
  public void deleteAll(UserId user) {
    long number = users.number(user);
    journal.change(transaction -> store.deleteOfUser(transaction, number));
  }

  @Override
  public void removed(Transaction transaction, long user, DeviceId device) {
    store.deleteOfDevice(transaction, user, device.value());
  }
}
