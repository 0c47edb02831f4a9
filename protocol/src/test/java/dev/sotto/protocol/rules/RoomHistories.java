package dev.sotto.protocol.rules;

import dev.sotto.protocol.event.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Random histories of rooms in which everybody quarrels on both sides of network partitions.
final class RoomHistories {
  private static final List<String> USERS =
      List.of("@alice:one", "@bob:two", "@carol:one", "@dave:three", "@eve:two");
  private static final int MAX_HEADS = 4;

  private final Random random;
  private final SimulatedRoom room;
  private final List<Event> heads = new ArrayList<>();

  RoomHistories(RoomVersion version, long seed) {
    this.random = new Random(seed);
    this.room = new SimulatedRoom(version);
    heads.add(room.open(randomLevels()));
  }

  SimulatedRoom room() {
    return room;
  }

  /// The ends of the history.
  List<Event> heads() {
    return heads;
  }

  /// Tries one random act; most are allowed.
  void step() {
    List<Event> after = new ArrayList<>();
    after.add(pick(heads));
    if (heads.size() > 1 && random.nextInt(6) == 0) {
      Event other = pick(heads);
      if (!after.contains(other)) {
        after.add(other);
      }
    }
    Event event = act(after);
    if (event == null) {
      return;
    }
    boolean fork = after.size() == 1 && heads.size() < MAX_HEADS && random.nextInt(4) == 0;
    if (!fork) {
      heads.removeAll(after);
    }
    heads.add(event);
  }

  private @Nullable Event act(List<Event> after) {
    String sender = pick(USERS);
    return switch (random.nextInt(12)) {
      case 0, 1, 2 -> room.trySend(after, sender, "m.room.member", sender, "{'membership':'join'}");
      case 3 -> room.trySend(after, sender, "m.room.member", sender, "{'membership':'leave'}");
      case 4 -> room.trySend(after, sender, "m.room.member", pick(USERS), "{'membership':'leave'}");
      case 5 -> room.trySend(after, sender, "m.room.member", pick(USERS), "{'membership':'ban'}");
      case 6 ->
          room.trySend(after, sender, "m.room.member", pick(USERS), "{'membership':'invite'}");
      case 7 -> room.trySend(after, sender, "m.room.power_levels", "", randomLevels());
      case 8 ->
          room.trySend(
              after,
              sender,
              "m.room.join_rules",
              "",
              "{'join_rule':'" + pick(List.of("public", "invite", "knock")) + "'}");
      case 9 -> room.trySend(after, sender, "m.room.message", null, "{}");
      default ->
          room.trySend(
              after,
              sender,
              pick(List.of("m.room.topic", "m.room.name")),
              "",
              "{'topic':'" + random.nextInt() + "'}");
    };
  }

  private String randomLevels() {
    StringBuilder users = new StringBuilder();
    for (String user : USERS) {
      boolean creator = user.equals(Events.ALICE);
      if (creator && room.version().auth().privilegedCreators()) {
        continue;
      }
      users
          .append(users.isEmpty() ? "" : ",")
          .append("'%s':%d".formatted(user, creator ? 100 : 25 * random.nextInt(4)));
    }
    return "{'users':{%s},'state_default':%d,'invite':%d}"
        .formatted(users, 25 * random.nextInt(3), 25 * random.nextInt(2));
  }

  private <T> T pick(List<T> items) {
    return items.get(random.nextInt(items.size()));
  }
}
