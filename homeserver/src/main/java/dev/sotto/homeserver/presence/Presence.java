package dev.sotto.homeserver.presence;

import dev.sotto.homeserver.journal.Topics;
import dev.sotto.homeserver.journal.Watchers;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who is online, for those who share a room with them.
///
/// Changes are counted by a serial of their own that starts at the time of the start in
/// milliseconds. Where presence is switched off, everyone is offline and nothing is kept.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#presence
public final class Presence implements AutoCloseable {
  /// How long a device stays what it said after its last sync has ended.
  static final Duration GRACE = Duration.ofSeconds(30);

  private static final Logger log = LoggerFactory.getLogger(Presence.class);
  private static final Duration SWEEP = Duration.ofSeconds(5);
  private static final int MAX_STATUS_BYTES = 2_048;
  private static final int MAX_USERS = 50_000;
  private static final int FEW = 50;

  private final boolean enabled;
  private final Users users;
  private final SharedRooms rooms;
  private final Watchers watchers;
  private final InstantSource clock;
  private final @Nullable ScheduledExecutorService sweeper;

  private final Map<UserId, Connections> connections = new HashMap<>();
  private final NavigableMap<Long, UserId> usersByChange = new TreeMap<>();
  private final long started;
  private final AtomicLong serial;

  public Presence(
      boolean enabled, Users users, SharedRooms rooms, Watchers watchers, InstantSource clock) {
    this.enabled = enabled;
    this.users = users;
    this.rooms = rooms;
    this.watchers = watchers;
    this.clock = clock;
    this.started = clock.millis();
    this.serial = new AtomicLong(started);
    this.sweeper =
        enabled
            ? Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("presence").factory())
            : null;
    if (sweeper != null) {
      var _ =
          sweeper.scheduleWithFixedDelay(
              this::sweepOrLog, SWEEP.toMillis(), SWEEP.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /// A device sets its user's presence and status message by hand.
  public void set(
      UserId user, @Nullable DeviceId device, PresenceState state, @Nullable String status) {
    if (status != null && status.getBytes(StandardCharsets.UTF_8).length > MAX_STATUS_BYTES) {
      throw MatrixException.tooLarge("A status message must not be longer than 2,048 bytes.");
    }
    change(
        user,
        (connection, now) -> {
          connection.say(name(device), state, now, now + GRACE.toMillis());
          connection.setStatusMessage(status);
          if (state == PresenceState.ONLINE) {
            connection.act(now);
          }
        });
  }

  /// A device begins a sync that may take as long as `timeout`. With [PresenceState#OFFLINE] the
  /// sync says nothing about the user.
  public void syncing(
      UserId user, @Nullable DeviceId device, PresenceState state, Duration timeout) {
    if (state != PresenceState.OFFLINE) {
      change(
          user,
          (connection, now) ->
              connection.say(
                  name(device), state, now, now + timeout.toMillis() + GRACE.toMillis()));
    }
  }

  /// The user did something by their own hand, such as sending a message.
  public void active(UserId user) {
    change(user, Connections::act);
  }

  /// A user's presence.
  ///
  /// @throws MatrixException `M_FORBIDDEN` if `viewer` shares no room with the user
  public UserPresence get(UserId viewer, UserId user) {
    if (!viewer.equals(user) && !rooms.share(viewer, user)) {
      throw MatrixException.forbidden("You are not allowed to see this user's presence.");
    }
    synchronized (this) {
      Connections connection = connections.get(user);
      return connection == null ? UserPresence.unknown(user) : view(user, connection);
    }
  }

  /// The serial of the newest change; what a sync token keeps.
  public long serial() {
    return serial.get();
  }

  /// The presence of the users that `viewer` may see and whose presence changed after the serial
  /// `since`; for an older serial than this run's, of those who are not offline.
  public List<UserPresence> changedSince(long since, UserId viewer) {
    if (since >= serial.get()) {
      return List.of();
    }
    List<UserId> changed = new ArrayList<>();
    synchronized (this) {
      for (UserId user : usersByChange.tailMap(since, false).values()) {
        if (since >= started || isReachable(connections.get(user))) {
          changed.add(user);
        }
      }
    }
    changed.removeIf(isStranger(viewer, changed.size()));
    List<UserPresence> views = new ArrayList<>();
    synchronized (this) {
      for (UserId user : changed) {
        Connections connection = connections.get(user);
        if (connection != null) {
          views.add(view(user, connection));
        }
      }
    }
    return views;
  }

  /// Whom `viewer` does not meet. Of few users each is asked for in the viewer's rooms; a sync with
  /// an old serial asks for all that there are, which must not cost a walk through the rooms each.
  private Predicate<UserId> isStranger(UserId viewer, int count) {
    if (count <= FEW) {
      return user -> !user.equals(viewer) && !rooms.share(viewer, user);
    }
    Set<UserId> sharing = rooms.sharing(viewer);
    return user -> !user.equals(viewer) && !sharing.contains(user);
  }

  private static boolean isReachable(@Nullable Connections connection) {
    return connection != null && connection.published().state() != PresenceState.OFFLINE;
  }

  /// The presence of those of `users` who are not offline; the caller knows that it may be seen.
  public List<UserPresence> reachable(Collection<UserId> users) {
    List<UserPresence> reachable = new ArrayList<>();
    synchronized (this) {
      for (UserId user : users) {
        Connections connection = connections.get(user);
        if (connection != null && isReachable(connection)) {
          reachable.add(view(user, connection));
        }
      }
    }
    return reachable;
  }

  @FunctionalInterface
  private interface Change {
    void apply(Connections connection, long now);
  }

  private void change(UserId user, Change change) {
    if (!enabled) {
      return;
    }
    long now = clock.millis();
    synchronized (this) {
      Connections connection = connections.computeIfAbsent(user, _ -> new Connections());
      change.apply(connection, now);
      if (!connection.refresh(now)) {
        return;
      }
      publish(user, connection);
    }
    wake(user);
  }

  private void sweepOrLog() {
    try {
      sweep();
    } catch (RuntimeException e) {
      // A task that throws is never run again.
      log.error("who went offline could not be told", e);
    }
  }

  /// Finds who went idle or offline, and tells of it.
  void sweep() {
    long now = clock.millis();
    List<UserId> changed = new ArrayList<>();
    synchronized (this) {
      for (Map.Entry<UserId, Connections> entry : connections.entrySet()) {
        boolean offline = entry.getValue().published().state() == PresenceState.OFFLINE;
        if (!offline && entry.getValue().refresh(now)) {
          changed.add(entry.getKey());
        }
      }
      for (UserId user : changed) {
        Connections connection = connections.get(user);
        if (connection != null) {
          publish(user, connection);
        }
      }
    }
    changed.forEach(this::wake);
  }

  private void publish(UserId user, Connections connection) {
    usersByChange.remove(connection.serial());
    connection.setSerial(serial.incrementAndGet());
    usersByChange.put(connection.serial(), user);
    if (usersByChange.size() > MAX_USERS) {
      // Who changed longest ago is most likely offline; if not, the next sync brings them back.
      connections.remove(usersByChange.pollFirstEntry().getValue());
    }
  }

  private void wake(UserId user) {
    watchers.wake(Topics.user(users.number(user)));
    for (long room : rooms.joinedRooms(user)) {
      watchers.wake(Topics.room(room));
    }
  }

  private UserPresence view(UserId user, Connections connection) {
    Connections.Published published = connection.published();
    return new UserPresence(
        user,
        published.state(),
        published.statusMessage(),
        connection.lastActiveAgo(clock.millis()),
        published.currentlyActive());
  }

  private static String name(@Nullable DeviceId device) {
    return device == null ? "" : device.value();
  }

  @Override
  public void close() {
    if (sweeper != null) {
      sweeper.shutdownNow();
    }
  }
}
