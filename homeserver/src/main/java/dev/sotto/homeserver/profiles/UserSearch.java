package dev.sotto.homeserver.profiles;

import dev.sotto.homeserver.names.Users;
import dev.sotto.homeserver.rooms.Membership;
import dev.sotto.homeserver.rooms.Memberships;
import dev.sotto.homeserver.rooms.OpenRooms;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Finds users by the beginning of their id or of the words of their display name.
///
/// Only those are found whom the searcher could see anyway: who is in a room with the searcher, or
/// in a room that everybody may join or read. Names that users took in one room only are not
/// searched.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#user-directory
public final class UserSearch {
  private static final int DEFAULT_LIMIT = 10;
  private static final int MAX_LIMIT = 100;

  /// How many users that fit are looked at, from either index.
  private static final int MAX_CANDIDATES = 100;

  /// Of how many rooms one search finds out whether they are open.
  private static final int MAX_ROOMS = 100;

  /// One user found.
  public record Match(UserId user, Profile profile) {}

  /// Those found, and whether there are more.
  public record Found(List<Match> matches, boolean limited) {}

  private final Users users;
  private final Profiles profiles;
  private final Memberships memberships;
  private final OpenRooms openRooms;

  public UserSearch(Users users, Profiles profiles, Memberships memberships, OpenRooms openRooms) {
    this.users = users;
    this.profiles = profiles;
    this.memberships = memberships;
    this.openRooms = openRooms;
  }

  /// Those who fit best first.
  ///
  /// @param limit how many at most, or null
  public Found search(UserId searcher, String term, @Nullable Long limit) {
    long wanted = limit == null ? DEFAULT_LIMIT : limit;
    if (wanted < 0) {
      throw MatrixException.invalidParam("'limit' must not be negative.");
    }
    int most = (int) Math.min(wanted, MAX_LIMIT);
    String folded = Words.fold(term);
    if (folded.isEmpty() || most == 0) {
      return new Found(List.of(), false);
    }
    Set<String> words = Words.of(folded);
    String id = folded.startsWith("@") ? folded : "@" + folded;
    Set<UserId> candidates = new LinkedHashSet<>(users.startingWith(id, MAX_CANDIDATES));
    words.stream()
        .max(Comparator.comparingInt(String::length))
        .ifPresent(longest -> candidates.addAll(profiles.withWord(longest, MAX_CANDIDATES)));

    List<Match> found = new ArrayList<>();
    Sight sight = new Sight(joined(searcher));
    for (UserId candidate : candidates) {
      Match match = new Match(candidate, profiles.read(candidate));
      if (!candidate.equals(searcher)
          && (candidate.value().startsWith(id) || hasAll(match, words))
          && sight.reaches(candidate)) {
        found.add(match);
      }
    }
    found.sort(
        Comparator.<Match>comparingInt(match -> isExact(match, folded, id) ? 0 : 1)
            .thenComparingInt(match -> match.profile().fields().isEmpty() ? 1 : 0));
    boolean limited = found.size() > most || candidates.size() >= MAX_CANDIDATES;
    return new Found(List.copyOf(found.subList(0, Math.min(most, found.size()))), limited);
  }

  private static boolean hasAll(Match match, Set<String> wanted) {
    Set<String> words = Words.of(Words.fold(name(match)));
    return wanted.stream().allMatch(part -> words.stream().anyMatch(word -> word.startsWith(part)));
  }

  private static boolean isExact(Match match, String folded, String id) {
    return match.user().value().equals(id)
        || id.equals("@" + match.user().localpart())
        || Words.fold(name(match)).equals(folded);
  }

  private static String name(Match match) {
    return Objects.requireNonNullElse(match.profile().displayName(), "");
  }

  private Set<Long> joined(UserId user) {
    return memberships.of(user).stream()
        .filter(entry -> entry.membership() == Membership.JOIN)
        .map(Memberships.Entry::room)
        .collect(Collectors.toSet());
  }

  /// Whom a searcher may see. No room is taken into memory for it.
  private final class Sight {
    private final Set<Long> own;
    private int asked;

    Sight(Set<Long> own) {
      this.own = own;
    }

    boolean reaches(UserId user) {
      Set<Long> theirs = joined(user);
      return theirs.stream().anyMatch(own::contains) || theirs.stream().anyMatch(this::isOpen);
    }

    private boolean isOpen(long room) {
      Boolean known = openRooms.known(room);
      if (known != null) {
        return known;
      }
      // The next search finds out about the next ones.
      return asked++ < MAX_ROOMS && openRooms.isOpen(room);
    }
  }
}
