package dev.sotto.homeserver.profiles;

import dev.sotto.homeserver.names.Users;
import dev.sotto.homeserver.rooms.HistoryVisibility;
import dev.sotto.homeserver.rooms.Memberships;
import dev.sotto.homeserver.rooms.RoomState;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
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
  private static final int MAX_CANDIDATES = 1000;

  /// How many users that may be seen are ranked.
  private static final int MAX_RANKED = 200;

  /// One user found.
  public record Match(UserId user, Profile profile) {}

  /// Those found, and whether there are more.
  public record Found(List<Match> matches, boolean limited) {}

  private final Users users;
  private final Profiles profiles;
  private final Memberships memberships;

  public UserSearch(Users users, Profiles profiles, Memberships memberships) {
    this.users = users;
    this.profiles = profiles;
    this.memberships = memberships;
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
    for (UserId candidate : candidates) {
      if (found.size() == MAX_RANKED) {
        break;
      }
      Match match = new Match(candidate, profiles.read(candidate));
      if (!candidate.equals(searcher)
          && (candidate.value().startsWith(id) || hasAll(match, words))
          && mayBeSeen(candidate, searcher)) {
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

  private boolean mayBeSeen(UserId user, UserId searcher) {
    return memberships.share(searcher, user)
        || memberships.joined(user).stream().anyMatch(room -> isOpen(room.state()));
  }

  private static boolean isOpen(RoomState state) {
    return "public".equals(state.string(StateKey.JOIN_RULES, "join_rule"))
        || state.historyVisibility() == HistoryVisibility.WORLD_READABLE;
  }
}
