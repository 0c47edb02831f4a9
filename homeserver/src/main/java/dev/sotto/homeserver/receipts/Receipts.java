package dev.sotto.homeserver.receipts;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sotto.homeserver.accountdata.AccountData;
import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Stream;
import dev.sotto.homeserver.journal.Topics;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// How far users have read.
///
/// A receipt never goes back: one for an earlier event than the last of its kind changes nothing.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#receipts
public final class Receipts {
  private static final int CACHED_USERS = 5_000;
  private static final String MARKED_EVENT = "event_id";

  private final ReceiptStore store;
  private final Journal journal;
  private final Users users;
  private final AccountData accountData;
  private final RoomAccess access;
  private final EventPositions positions;
  private final InstantSource clock;
  private final Cache<Long, Map<Long, ReadMarks>> marks =
      Caffeine.newBuilder().maximumSize(CACHED_USERS).build();

  public Receipts(
      Database database,
      Journal journal,
      Users users,
      AccountData accountData,
      RoomAccess access,
      EventPositions positions,
      InstantSource clock) {
    this.store = new ReceiptStore(database, users);
    this.journal = journal;
    this.users = users;
    this.accountData = accountData;
    this.access = access;
    this.positions = positions;
    this.clock = clock;
  }

  /// Marks a room as read up to an event.
  ///
  /// @param thread `main` or the id of the thread's root that this is about, or null for the whole
  ///   room
  /// @throws MatrixException `M_FORBIDDEN` if the user is not in the room, `M_NOT_FOUND` if the
  ///   room has no such event, `M_INVALID_PARAM` if the event is not in the thread
  public void send(
      UserId user, RoomId room, ReceiptType type, EventId event, @Nullable String thread) {
    mark(user, room, List.of(new Mark(type, event, thread)));
  }

  /// One of the marks that a user sets.
  public record Mark(ReceiptType type, EventId event, @Nullable String thread) {}

  private record Placed(Mark mark, long eventPosition) {}

  /// Sets several marks in one step, all or none; see [#send].
  public void mark(UserId user, RoomId room, List<Mark> wanted) {
    long roomNumber = access.requireJoined(room, user);
    List<Placed> placed = new ArrayList<>(wanted.size());
    for (Mark mark : wanted) {
      placed.add(new Placed(mark, check(roomNumber, mark)));
    }
    long number = users.number(user);
    journal.write(
        transaction -> {
          for (Placed one : placed) {
            if (one.mark.type == ReceiptType.FULLY_READ) {
              putFullyRead(transaction, roomNumber, number, one);
            } else {
              put(transaction, roomNumber, number, user, one);
            }
          }
          return number;
        });
  }

  private long check(long room, Mark mark) {
    String thread = mark.thread;
    if (thread != null && mark.type == ReceiptType.FULLY_READ) {
      throw MatrixException.invalidParam("A fully-read marker is for no single thread.");
    }
    if (thread != null && !thread.equals(ReadMarks.MAIN) && !thread.startsWith("$")) {
      throw MatrixException.invalidParam(
          "A 'thread_id' is 'main' or the id of the event that a thread starts from.");
    }
    EventPositions.Place place =
        positions
            .find(room, mark.event)
            .orElseThrow(() -> MatrixException.notFound("The room has no such event."));
    if (thread != null && !isIn(place, mark.event, thread)) {
      throw MatrixException.invalidParam("This event is not in that thread.");
    }
    return place.position();
  }

  private static boolean isIn(EventPositions.Place place, EventId event, String thread) {
    if (thread.equals(ReadMarks.MAIN)) {
      return place.thread() == null;
    }
    // A root belongs to the main timeline, but it also is where its thread begins.
    return place.thread() == null
        ? event.value().equals(thread)
        : place.thread().value().equals(thread);
  }

  private void put(Transaction transaction, long room, long number, UserId user, Placed placed) {
    Mark mark = placed.mark;
    boolean isPrivate = mark.type == ReceiptType.READ_PRIVATE;
    if (store.eventPosition(transaction, room, number, isPrivate, mark.thread)
        >= placed.eventPosition) {
      return;
    }
    // A private receipt wakes nobody but its user.
    long topic = isPrivate ? Topics.user(number) : Topics.room(room);
    long position = transaction.append(Stream.RECEIPTS, topic);
    Receipt receipt = new Receipt(user, isPrivate, mark.thread, mark.event, clock.millis());
    store.put(transaction, room, number, receipt, placed.eventPosition, position);
    transaction.afterCommit(() -> advance(number, room, mark.thread, placed.eventPosition));
  }

  private void putFullyRead(Transaction transaction, long room, long number, Placed placed) {
    ObjectNode before = accountData.findInRoom(transaction, number, room, AccountData.FULLY_READ);
    if (before != null && fullyReadPosition(room, before) >= placed.eventPosition) {
      return;
    }
    ObjectNode content = Json.object();
    content.put(MARKED_EVENT, placed.mark.event.value());
    accountData.putInRoom(transaction, number, room, AccountData.FULLY_READ, content);
  }

  private long fullyReadPosition(long room, ObjectNode content) {
    String event = content.path(MARKED_EVENT).asString("");
    return positions.find(room, new EventId(event)).map(EventPositions.Place::position).orElse(0L);
  }

  private void advance(long user, long room, @Nullable String thread, long position) {
    marks
        .asMap()
        // Not computeIfPresent: it passes over an entry that is being loaded, which would stay old.
        .compute(
            user,
            (_, rooms) -> {
              if (rooms == null) {
                return null;
              }
              rooms.merge(
                  room,
                  ReadMarks.NONE.with(thread, position),
                  (before, more) -> before.merge(more));
              return rooms;
            });
  }

  /// How far a user has read a room.
  public ReadMarks readMarks(UserId user, long room) {
    return marks
        .get(users.number(user), number -> new ConcurrentHashMap<>(store.marks(number)))
        .getOrDefault(room, ReadMarks.NONE);
  }

  /// The latest receipts of one room that `viewer` may see, as of position `to`.
  public List<Receipt> room(UserId viewer, long room, long to) {
    return rooms(viewer, List.of(room), to).getOrDefault(room, List.of());
  }

  /// The latest receipts of several rooms that `viewer` may see, as of position `to`, by the number
  /// of the room.
  public Map<Long, List<Receipt>> rooms(UserId viewer, Collection<Long> rooms, long to) {
    return store.inRooms(rooms, users.number(viewer), 0, to);
  }

  /// The receipts that came in (from, to], by the number of the room: in `rooms` those that
  /// `viewer` may see, and the viewer's private ones in any room. To be asked with the rooms whose
  /// topic had a [Stream#RECEIPTS] row, and with none where only the user's topic had one.
  public Map<Long, List<Receipt>> since(UserId viewer, Collection<Long> rooms, long from, long to) {
    long number = users.number(viewer);
    Map<Long, List<Receipt>> found = store.inRooms(rooms, number, from, to);
    // Those of the rooms asked for are found already.
    store.privateSince(number, from, to).forEach(found::putIfAbsent);
    return found;
  }
}
