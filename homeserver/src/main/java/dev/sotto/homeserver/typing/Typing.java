package dev.sotto.homeserver.typing;

import dev.sotto.homeserver.journal.Topics;
import dev.sotto.homeserver.journal.Watchers;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Who is typing in which room.
///
/// Changes are counted by a serial of their own, since they are no part of the journal. It starts
/// at the time of the start in milliseconds, so that it never falls behind what an earlier run gave
/// out.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#typing-notifications
public final class Typing implements AutoCloseable {
  static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);
  static final Duration MAX_TIMEOUT = Duration.ofMinutes(2);

  private static final long SWEEP_MILLIS = 500;
  private static final int MAX_TYPING_PER_ROOM = 200;
  private static final int MAX_ROOMS = 50_000;

  /// A room's typing users with the time at which each stops, and the serial of the last change.
  private static final class TypingRoom {
    final Map<UserId, Long> until = new LinkedHashMap<>();
    long changed;
  }

  private final RoomAccess access;
  private final Watchers watchers;
  private final InstantSource clock;
  private final ScheduledExecutorService sweeper =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("typing").factory());

  private final Map<Long, TypingRoom> typingRooms = new HashMap<>();
  private final NavigableMap<Long, Long> roomsByChange = new TreeMap<>();
  private final AtomicLong serial;
  // What happened before it is not known any more, room by room.
  private long floor;
  private boolean sweeping;

  public Typing(RoomAccess access, Watchers watchers, InstantSource clock) {
    this.access = access;
    this.watchers = watchers;
    this.clock = clock;
    this.floor = clock.millis();
    this.serial = new AtomicLong(floor);
  }

  /// Says that a user types in a room.
  ///
  /// @param timeout how long at most, up to two minutes; null for half a minute
  /// @throws dev.sotto.protocol.error.MatrixException `M_FORBIDDEN` if the user is not in the room
  public void start(UserId user, RoomId room, @Nullable Duration timeout) {
    long number = access.requireJoined(room, user);
    Duration wanted = timeout == null ? DEFAULT_TIMEOUT : timeout;
    Duration clamped = wanted.compareTo(MAX_TIMEOUT) > 0 ? MAX_TIMEOUT : wanted;
    boolean news;
    synchronized (this) {
      TypingRoom typing = typingRooms.computeIfAbsent(number, _ -> new TypingRoom());
      if (typing.until.size() >= MAX_TYPING_PER_ROOM && !typing.until.containsKey(user)) {
        return;
      }
      news = typing.until.put(user, clock.millis() + clamped.toMillis()) == null;
      if (news) {
        change(number, typing);
      }
      sweepSoon();
    }
    if (news) {
      watchers.wake(Topics.room(number));
    }
  }

  /// Says that a user has stopped to type in a room.
  ///
  /// @throws dev.sotto.protocol.error.MatrixException `M_FORBIDDEN` if the user is not in the room
  public void stop(UserId user, RoomId room) {
    stop(user, access.requireJoined(room, user));
  }

  /// Says that a user types no more in the room of this number, for example since they left it.
  public void stop(UserId user, long room) {
    synchronized (this) {
      TypingRoom typing = typingRooms.get(room);
      if (typing == null || typing.until.remove(user) == null) {
        return;
      }
      change(room, typing);
    }
    watchers.wake(Topics.room(room));
  }

  /// The serial of the newest change; what a sync token keeps.
  public long serial() {
    return serial.get();
  }

  /// Who types in those of `rooms` where that changed after the serial `since`, by the number of
  /// the room; an empty list where nobody does any more. With a serial of an earlier run all of
  /// `rooms` are told of, since a client may still show who typed when the server stopped.
  public Map<Long, List<UserId>> changedSince(long since, Set<Long> rooms) {
    if (since >= serial.get()) {
      return Map.of();
    }
    Map<Long, List<UserId>> changed = new HashMap<>();
    synchronized (this) {
      if (since < floor) {
        rooms.forEach(room -> changed.put(room, typing(room)));
        return changed;
      }
      for (long room : roomsByChange.tailMap(since, false).values()) {
        if (rooms.contains(room)) {
          changed.put(room, typing(room));
        }
      }
    }
    return changed;
  }

  /// Who types in a room.
  public synchronized List<UserId> typing(long room) {
    TypingRoom typing = typingRooms.get(room);
    return typing == null ? List.of() : List.copyOf(typing.until.keySet());
  }

  /// The content of an `m.typing` event.
  public static ObjectNode content(Collection<UserId> typing) {
    ObjectNode content = Json.object();
    ArrayNode ids = content.putArray("user_ids");
    typing.forEach(user -> ids.add(user.value()));
    return content;
  }

  private void change(long room, TypingRoom typing) {
    roomsByChange.remove(typing.changed);
    typing.changed = serial.incrementAndGet();
    roomsByChange.put(typing.changed, room);
    if (roomsByChange.size() > MAX_ROOMS) {
      Map.Entry<Long, Long> oldest = roomsByChange.pollFirstEntry();
      typingRooms.remove(oldest.getValue());
      floor = oldest.getKey();
    }
  }

  private void sweepSoon() {
    if (!sweeping && !sweeper.isShutdown()) {
      sweeping = true;
      var _ = sweeper.schedule(this::sweepAgain, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void sweepAgain() {
    synchronized (this) {
      sweeping = false;
    }
    if (sweep()) {
      synchronized (this) {
        sweepSoon();
      }
    }
  }

  /// Drops users whose time is over, and says whether anybody is left who types.
  boolean sweep() {
    long now = clock.millis();
    boolean someone = false;
    Map<Long, TypingRoom> ended = new HashMap<>();
    synchronized (this) {
      for (Map.Entry<Long, TypingRoom> room : typingRooms.entrySet()) {
        if (room.getValue().until.values().removeIf(until -> until <= now)) {
          ended.put(room.getKey(), room.getValue());
        }
        someone |= !room.getValue().until.isEmpty();
      }
      ended.forEach(this::change);
    }
    ended.keySet().forEach(room -> watchers.wake(Topics.room(room)));
    return someone;
  }

  @Override
  public void close() {
    sweeper.shutdownNow();
  }
}
