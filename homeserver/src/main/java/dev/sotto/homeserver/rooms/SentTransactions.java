package dev.sotto.homeserver.rooms;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Knows a repeated send for what it is: the newest transaction ids of each device, read from the
/// events themselves, so that they are known after a restart too.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#transaction-identifiers
public final class SentTransactions {
  /// How many of a device's newest sends are known again; retries come within seconds.
  private static final int REMEMBERED = 256;

  private record DeviceKey(UserId user, DeviceId device) {}

  private record Key(long room, String type, String txnId) {}

  private final RoomStore store;
  private final Users users;

  // What a device is sending now must be found again, or a retry would send it twice: the weak
  // cache makes sure of that, the strong one keeps the devices that sent last.
  private final Cache<DeviceKey, Sent> devices = Caffeine.newBuilder().weakValues().build();
  private final Cache<DeviceKey, Sent> held;

  /// @param held how many devices to hold beyond those that are sending
  SentTransactions(RoomStore store, Users users, int held) {
    this.store = store;
    this.users = users;
    this.held = Caffeine.newBuilder().maximumSize(held).build();
  }

  /// The event of `send`, or if this device sent this before, or is sending it, that event.
  public EventId once(
      UserId user, Draft.Sent sent, long room, String type, Supplier<EventId> send) {
    DeviceKey device = new DeviceKey(user, sent.device());
    Sent known = devices.get(device, this::load);
    held.put(device, known);
    Key key = new Key(room, type, sent.txnId());
    CompletableFuture<EventId> mine = new CompletableFuture<>();
    CompletableFuture<EventId> earlier = known.putIfAbsent(key, mine);
    if (earlier != null) {
      return join(earlier);
    }
    try {
      EventId id = send.get();
      mine.complete(id);
      return id;
    } catch (RuntimeException e) {
      known.remove(key);
      mine.completeExceptionally(e);
      throw e;
    }
  }

  private static EventId join(CompletableFuture<EventId> earlier) {
    try {
      return earlier.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  private Sent load(DeviceKey key) {
    Sent sent = new Sent();
    for (RoomStore.SentRow row :
        store.sentBy(users.number(key.user), key.device, REMEMBERED).reversed()) {
      if (row.txnId() != null) {
        sent.add(new Key(row.room(), row.type(), row.txnId()), row.id());
      }
    }
    return sent;
  }

  private static final class Sent {
    private final Map<Key, CompletableFuture<EventId>> newest =
        new LinkedHashMap<>() {
          @Override
          protected boolean removeEldestEntry(Map.Entry<Key, CompletableFuture<EventId>> eldest) {
            return size() > REMEMBERED;
          }
        };

    synchronized @Nullable CompletableFuture<EventId> putIfAbsent(
        Key key, CompletableFuture<EventId> event) {
      return newest.putIfAbsent(key, event);
    }

    synchronized void add(Key key, EventId id) {
      newest.put(key, CompletableFuture.completedFuture(id));
    }

    synchronized void remove(Key key) {
      newest.remove(key);
    }
  }
}
