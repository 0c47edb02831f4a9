package dev.sotto.homeserver.devices;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sotto.homeserver.blindness.Gate;
import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.devices.Device.Sighting;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The devices that there are, new ones, and when each was last seen. Users are given by number.
public final class Devices {
  private static final int MAX_NAME_LENGTH = 100;
  private static final int MAX_PER_USER = 1000;
  private static final int MADE_ID_LENGTH = 10;
  private static final int SEEN_CACHED = 100_000;
  private static final int MAX_ADDRESS_LENGTH = 64;
  // A write for every request would cost more than most requests do.
  private static final Duration SEEN_EVERY = Duration.ofMinutes(5);

  private record Key(long user, DeviceId device) {}

  private final Database database;
  private final Journal journal;
  private final Gate gate;
  private final SecureRandom random;
  private final InstantSource clock;
  private final DeviceStore store = new DeviceStore();
  private final Cache<Key, Sighting> written =
      Caffeine.newBuilder().maximumSize(SEEN_CACHED).build();

  public Devices(
      Database database, Journal journal, Gate gate, SecureRandom random, InstantSource clock) {
    this.database = database;
    this.journal = journal;
    this.gate = gate;
    this.random = random;
    this.clock = clock;
  }

  /// A user's devices, ordered by id.
  public List<Device> list(long user) {
    return database.read(handle -> store.list(handle, user)).stream()
        .map(device -> asLastSeen(user, device))
        .toList();
  }

  /// The devices of these users with their display names, in one query; a user without any is
  /// absent.
  ///
  /// @param handle a transaction's, to see the devices as it does
  public Map<Long, Map<DeviceId, Optional<String>>> ofAll(Handle handle, Collection<Long> users) {
    return store.ofAll(handle, users);
  }

  public Optional<Device> find(long user, DeviceId id) {
    return database
        .read(handle -> store.find(handle, user, id))
        .map(device -> asLastSeen(user, device));
  }

  /// The device with what is known of its last request, which may not be written yet.
  private Device asLastSeen(long user, Device device) {
    Sighting last = written.getIfPresent(new Key(user, device.id()));
    return last == null ? device : new Device(device.id(), device.displayName(), last);
  }

  /// The device of this id, made if it is not there; a new id if null.
  ///
  /// @param name the display name if it is new
  /// @throws MatrixException `M_RESOURCE_LIMIT_EXCEEDED` if it is new and there are too many
  public DeviceId ensure(
      Transaction transaction, long user, @Nullable DeviceId id, @Nullable String name) {
    DeviceId device = id == null ? makeId() : id;
    make(transaction, user, device, name);
    return device;
  }

  /// Makes a device; says whether it was not there.
  ///
  /// @throws MatrixException `M_RESOURCE_LIMIT_EXCEEDED` if there are too many
  public boolean make(Transaction transaction, long user, DeviceId device, @Nullable String name) {
    checkName(name);
    if (store.find(transaction.handle(), user, device).isPresent()) {
      return false;
    }
    gate.checkDeviceId(device);
    if (store.count(transaction.handle(), user) >= MAX_PER_USER) {
      throw new MatrixException(
          ErrorCode.M_RESOURCE_LIMIT_EXCEEDED,
          "There can be at most " + MAX_PER_USER + " devices; log some of them out first.");
    }
    store.insert(transaction.handle(), user, device, name, clock.instant());
    return true;
  }

  private DeviceId makeId() {
    StringBuilder id = new StringBuilder(MADE_ID_LENGTH);
    for (int i = 0; i < MADE_ID_LENGTH; i++) {
      id.append((char) ('A' + random.nextInt(26)));
    }
    return new DeviceId(id.toString());
  }

  /// Notes that a device asked for something. Written every few minutes at most, and not waited
  /// for: a crash may lose it.
  public void seen(long user, DeviceId id, String address) {
    Key key = new Key(user, id);
    Instant now = clock.instant();
    Sighting before = written.getIfPresent(key);
    if (before != null && now.isBefore(before.at().plus(SEEN_EVERY))) {
      return;
    }
    String ip =
        address.length() > MAX_ADDRESS_LENGTH ? address.substring(0, MAX_ADDRESS_LENGTH) : address;
    Sighting sighting = new Sighting(now, ip);
    written.put(key, sighting);
    journal.submit(
        transaction -> {
          store.seen(transaction.handle(), user, id, sighting);
          return true;
        },
        null);
  }

  static void checkName(@Nullable String name) {
    if (name != null && name.length() > MAX_NAME_LENGTH) {
      throw new MatrixException(
          ErrorCode.M_TOO_LARGE,
          400,
          "A device's name may have at most " + MAX_NAME_LENGTH + " characters.");
    }
  }
}
