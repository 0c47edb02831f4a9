package dev.sotto.client.terminal.chat;

import dev.sotto.client.Room;
import dev.sotto.client.terminal.screen.Harmless;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What rooms are called, and which one is meant.
final class RoomNames {
  private RoomNames() {}

  /// A room's name as it is shown and typed.
  static String of(Room room) {
    return Harmless.name(room.name(), room.id().value());
  }

  /// The room that is meant by its place in the list, its id, its address, its name, or what only
  /// one name begins with.
  ///
  /// @param rooms in the order in which they are listed
  static Optional<Room> find(List<Room> rooms, String meant) {
    if (meant.matches("[0-9]{1,6}")) {
      int number = Integer.parseInt(meant);
      if (number >= 1 && number <= rooms.size()) {
        return Optional.of(rooms.get(number - 1));
      }
    }
    for (Room room : rooms) {
      if (room.id().value().equals(meant) || room.alias().equals(Optional.of(meant))) {
        return Optional.of(room);
      }
    }
    String name = meant.toLowerCase(Locale.ROOT);
    return only(rooms.stream().filter(room -> lower(room).equals(name)).toList())
        .or(() -> only(rooms.stream().filter(room -> lower(room).startsWith(name)).toList()));
  }

  private static Optional<Room> only(List<Room> rooms) {
    return rooms.size() == 1 ? Optional.of(rooms.getFirst()) : Optional.empty();
  }

  private static String lower(Room room) {
    return of(room).toLowerCase(Locale.ROOT);
  }
}
