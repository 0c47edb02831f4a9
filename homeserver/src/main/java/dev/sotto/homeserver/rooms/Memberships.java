package dev.sotto.homeserver.rooms;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Topics;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.id.UserId;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/// Which rooms a user belongs to, and with whom.
public final class Memberships {
  private static final int CACHED_USERS = 20_000;

  /// A user's place in one room.
  ///
  /// @param position the position of the membership event
  public record Entry(long room, Membership membership, long position, boolean forgotten) {}

  /// Hears of a user, by number, who is no longer in a room; called by the journal's thread, so it
  /// must be quick.
  @FunctionalInterface
  public interface LeaveListener {
    void left(long user, long room);
  }

  private final List<LeaveListener> leaveListeners = new CopyOnWriteArrayList<>();
  private final RoomStore store;
  private final Rooms rooms;
  private final Users users;
  private final Cache<Long, PMap<Long, Entry>> byUser =
      Caffeine.newBuilder().maximumSize(CACHED_USERS).build();

  Memberships(RoomStore store, Rooms rooms, Users users) {
    this.store = store;
    this.rooms = rooms;
    this.users = users;
  }

  /// From now on `listener` hears of who leaves rooms, or is put out of them.
  public void listen(LeaveListener listener) {
    leaveListeners.add(listener);
  }

  /// A user's newest place in each room that the user ever had one in.
  public Collection<Entry> of(UserId user) {
    return of(users.number(user)).values();
  }

  /// A user's newest place in one room, or null if there never was one.
  public @Nullable Entry of(UserId user, long room) {
    return of(users.number(user)).get(room);
  }

  private PMap<Long, Entry> of(long user) {
    return byUser.get(
        user,
        number -> {
          PMap<Long, Entry> entries = HashTreePMap.empty();
          for (RoomStore.MembershipRow row : store.memberships(number)) {
            entries =
                entries.plus(
                    row.room(),
                    new Entry(row.room(), row.membership(), row.position(), row.forgotten()));
          }
          return entries;
        });
  }

  /// The rooms that a user is joined to.
  public Collection<Room> joined(UserId user) {
    return of(user).stream()
        .filter(entry -> entry.membership() == Membership.JOIN)
        .map(entry -> rooms.byNumber(entry.room()))
        .filter(Room::isPublished)
        .toList();
  }

  /// The topics of a user's news: the user, and every room joined.
  public long[] topics(UserId user) {
    long number = users.number(user);
    Collection<Entry> entries = of(number).values();
    long[] topics = new long[entries.size() + 1];
    int n = 0;
    topics[n++] = Topics.user(number);
    for (Entry entry : entries) {
      if (entry.membership() == Membership.JOIN) {
        topics[n++] = Topics.room(entry.room());
      }
    }
    return java.util.Arrays.copyOf(topics, n);
  }

  /// Every user who is joined to a room that `user` is joined to; `user` among them if there is
  /// any.
  public Set<UserId> sharing(UserId user) {
    Set<UserId> sharing = new HashSet<>();
    for (Room room : joined(user)) {
      sharing.addAll(room.state().joined());
    }
    return sharing;
  }

  /// Whether two users are joined to one room.
  public boolean share(UserId one, UserId other) {
    for (Room room : joined(one)) {
      if (room.state().isJoined(other)) {
        return true;
      }
    }
    return false;
  }

  /// Takes note of a membership that is on disk; called by the journal's thread.
  void changed(long user, Entry entry) {
    // Not computeIfPresent: it passes over an entry that is being loaded, which would stay old.
    byUser
        .asMap()
        .compute(user, (_, entries) -> entries == null ? null : entries.plus(entry.room(), entry));
    if (entry.membership() != Membership.JOIN) {
      leaveListeners.forEach(listener -> listener.left(user, entry.room()));
    }
  }

  /// Notes that a user has forgotten a room.
  void forget(Journal journal, long user, long room) {
    journal.write(
        transaction -> {
          store.forget(transaction, user, room);
          transaction.afterCommit(() -> forgotten(user, room));
          return room;
        });
  }

  private void forgotten(long user, long room) {
    byUser
        .asMap()
        .compute(
            user,
            (_, entries) -> {
              Entry entry = entries == null ? null : entries.get(room);
              return entry == null
                  ? entries
                  : entries.plus(room, new Entry(room, entry.membership(), entry.position(), true));
            });
  }
}
