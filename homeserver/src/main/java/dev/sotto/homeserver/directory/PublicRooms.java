package dev.sotto.homeserver.directory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.rooms.Room;
import dev.sotto.homeserver.rooms.Rooms;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The list of rooms that their makers want everybody to find, the largest first.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#published-room-directory
public final class PublicRooms {
  private static final int DEFAULT_LIMIT = 100;
  private static final int MAX_LIMIT = 500;

  /// From how many rooms on the list is kept for a moment, and not made anew for each reader.
  private static final int MANY = 200;

  private static final Duration KEPT = Duration.ofSeconds(5);

  private static final Comparator<PageToken> ORDER =
      Comparator.comparingInt(PageToken::members).reversed().thenComparing(PageToken::room);

  /// What somebody wants to see of the list.
  ///
  /// @param since a token of an earlier page, or null
  /// @param term what the rooms must mention, or null
  /// @param types the types that the rooms must have, in which "" stands for none; null for all
  /// @param network the third-party network whose list is meant; null for the server's own
  /// @param everywhere whether all lists are meant
  public record Query(
      long limit,
      @Nullable String since,
      @Nullable String term,
      @Nullable Set<String> types,
      @Nullable String network,
      boolean everywhere) {}

  /// One page of the list.
  public record Page(
      List<PublicRoom> chunk,
      @Nullable String nextBatch,
      @Nullable String prevBatch,
      int totalRoomCountEstimate) {}

  private record Wanted(String network, boolean everywhere) {}

  private final DirectoryStore store;
  private final Rooms rooms;
  private final Journal journal;
  private final Cache<Wanted, List<PublicRoom>> lists =
      Caffeine.newBuilder().maximumSize(100).expireAfterWrite(KEPT).build();

  public PublicRooms(Directory directory, Rooms rooms, Journal journal) {
    this.store = directory.store();
    this.rooms = rooms;
    this.journal = journal;
  }

  /// Whether a room is in the server's own list.
  public boolean isListed(RoomId id) {
    return store.isListed(Directory.OWN_LIST, rooms.require(id).number());
  }

  /// Lists a room or not, for those who may name it and for administrators.
  ///
  /// @param admin whether the user administers the server
  public void setListed(RoomId id, UserId user, boolean admin, boolean listed) {
    Room room = rooms.require(id);
    if (!admin && !Aliases.maySetCanonical(room, user)) {
      throw MatrixException.forbidden(
          "Only those who may set a room's canonical alias may list it.");
    }
    setListed(Directory.OWN_LIST, room, listed);
  }

  /// Lists a room or not, in the list of an application service's network.
  ///
  /// @param network the service and the network, as [#networkOf] joins them
  public void setListed(String network, RoomId id, boolean listed) {
    setListed(network, rooms.require(id), listed);
  }

  /// The name under which a network of an application service has its list.
  public static String networkOf(String appservice, String networkId) {
    return appservice + "|" + networkId;
  }

  private void setListed(String network, Room room, boolean listed) {
    journal.change(
        transaction -> {
          store.setListed(transaction.handle(), network, room.number(), listed);
          transaction.afterCommit(lists::invalidateAll);
        });
  }

  /// The rooms after or before `since`, as many as wanted of those that fit.
  public Page page(Query query) {
    long limit = query.limit == 0 ? DEFAULT_LIMIT : Math.min(query.limit, MAX_LIMIT);
    String network = Objects.requireNonNullElse(query.network, Directory.OWN_LIST);
    List<PublicRoom> all = list(new Wanted(network, query.everywhere));
    String term = query.term == null ? "" : query.term.strip().toLowerCase(Locale.ROOT);
    List<PublicRoom> fitting =
        all.stream()
            .filter(room -> term.isEmpty() || room.mentions(term))
            .filter(
                room ->
                    query.types == null
                        || query.types.contains(Objects.requireNonNullElse(room.roomType(), "")))
            .toList();

    PageToken since = query.since == null ? null : PageToken.parse(query.since);
    int from = 0;
    int to = fitting.size();
    if (since != null) {
      int before =
          (int)
              fitting.stream().filter(room -> ORDER.compare(PageToken.of(room), since) < 0).count();
      if (since.backwards()) {
        to = before;
        from = (int) Math.max(0, to - limit);
      } else {
        from = before;
      }
    }
    to = (int) Math.min(to, from + limit);
    return new Page(
        fitting.subList(from, to),
        to < fitting.size() ? PageToken.of(fitting.get(to)).forwards().toString() : null,
        from > 0 && from < fitting.size() ? PageToken.of(fitting.get(from)).toString() : null,
        all.size());
  }

  private List<PublicRoom> list(Wanted wanted) {
    List<PublicRoom> kept = lists.getIfPresent(wanted);
    if (kept != null) {
      return kept;
    }
    List<Long> numbers = wanted.everywhere ? store.listedAnywhere() : store.listed(wanted.network);
    List<PublicRoom> made =
        numbers.stream()
            .map(rooms::byNumber)
            .filter(Room::isPublished)
            .map(PublicRoom::of)
            .filter(room -> room.numJoinedMembers() > 0)
            .sorted(Comparator.comparing(PageToken::of, ORDER))
            .toList();
    if (made.size() > MANY) {
      lists.put(wanted, made);
    }
    return made;
  }
}
