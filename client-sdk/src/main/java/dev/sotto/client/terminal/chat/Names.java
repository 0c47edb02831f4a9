package dev.sotto.client.terminal.chat;

import dev.sotto.client.Member;
import dev.sotto.client.Room;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.terminal.screen.Harmless;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// What people are called in a room, so that nobody passes for another: where two chose the same
/// name, or one chose what looks like an id, the real id stands beside it. For any number of
/// threads.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#calculating-the-display-name-for-a-user
final class Names {
  private final Map<RoomId, Map<UserId, String>> known = new ConcurrentHashMap<>();

  /// What to call a user.
  String of(Room room, UserId user) {
    String name = known.computeIfAbsent(room.id(), _ -> load(room)).get(user);
    return name == null ? id(user) : name;
  }

  /// Somebody came, went, or has changed their name.
  void changed(RoomId room) {
    known.remove(room);
  }

  private static Map<UserId, String> load(Room room) {
    try {
      return of(room.members());
    } catch (MatrixRequestException _) {
      // Ids will do until somebody comes or goes.
      return Map.of();
    }
  }

  static Map<UserId, String> of(List<Member> members) {
    Map<String, Long> uses =
        members.stream()
            .collect(Collectors.groupingBy(member -> key(chosen(member)), Collectors.counting()));
    return members.stream()
        .collect(
            Collectors.toMap(
                Member::user,
                member -> {
                  String name = chosen(member);
                  boolean plain = uses.getOrDefault(key(name), 0L) == 1 && !name.contains("@");
                  return plain || name.equals(id(member.user()))
                      ? name
                      : name + " (" + id(member.user()) + ")";
                },
                (first, _) -> first));
  }

  private static String chosen(Member member) {
    return Harmless.name(member.name(), member.user().value());
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /// An id that can be shown. A long one is not cut: its end says where the user is at home.
  static String id(UserId user) {
    return Harmless.line(user.value());
  }
}
