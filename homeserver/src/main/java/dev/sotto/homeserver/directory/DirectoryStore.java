package dev.sotto.homeserver.directory;

import dev.sotto.homeserver.db.Database;
import dev.sotto.protocol.id.RoomAlias;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// The tables of aliases and of listed rooms.
final class DirectoryStore {
  private static final String FIND =
      "SELECT room_number, creator_number FROM aliases WHERE alias = ?";
  private static final String OF_ROOM =
      "SELECT alias FROM aliases WHERE room_number = ? ORDER BY created_ts, alias";
  private static final String INSERT =
      "INSERT INTO aliases (alias, room_number, creator_number, created_ts) VALUES (?, ?, ?, ?)";
  private static final String DELETE = "DELETE FROM aliases WHERE alias = ?";
  private static final String MOVE = "UPDATE aliases SET room_number = ? WHERE room_number = ?";

  private static final String IS_LISTED =
      "SELECT COUNT(*) FROM listed_rooms WHERE network = ? AND room_number = ?";
  private static final String LIST =
      "INSERT INTO listed_rooms (network, room_number) VALUES (?, ?)";
  private static final String UNLIST =
      "DELETE FROM listed_rooms WHERE network = ? AND room_number = ?";
  private static final String LISTED = "SELECT room_number FROM listed_rooms WHERE network = ?";
  private static final String LISTED_ANYWHERE = "SELECT DISTINCT room_number FROM listed_rooms";

  /// What an alias stands for, and who made it.
  record Row(long room, long creator) {}

  private final Database database;

  DirectoryStore(Database database) {
    this.database = database;
  }

  Optional<Row> find(RoomAlias alias) {
    return database.read(handle -> find(handle, alias));
  }

  Optional<Row> find(Handle handle, RoomAlias alias) {
    return handle
        .createQuery(FIND)
        .bind(0, alias.value())
        .map((row, _) -> new Row(row.getLong(1), row.getLong(2)))
        .findOne();
  }

  List<RoomAlias> ofRoom(long room) {
    return database.read(
        handle ->
            handle
                .createQuery(OF_ROOM)
                .bind(0, room)
                .map((row, _) -> new RoomAlias(row.getString(1)))
                .list());
  }

  /// Adds an alias; false if it is taken.
  boolean insert(Handle handle, RoomAlias alias, long room, long creator, long now) {
    if (find(handle, alias).isPresent()) {
      return false;
    }
    handle.execute(INSERT, alias.value(), room, creator, now);
    return true;
  }

  void delete(Handle handle, RoomAlias alias) {
    handle.execute(DELETE, alias.value());
  }

  void move(Handle handle, long from, long to) {
    handle.execute(MOVE, to, from);
  }

  boolean isListed(String network, long room) {
    return database.read(handle -> isListed(handle, network, room));
  }

  boolean isListed(Handle handle, String network, long room) {
    return handle.createQuery(IS_LISTED).bind(0, network).bind(1, room).mapTo(Long.class).one() > 0;
  }

  void setListed(Handle handle, String network, long room, boolean listed) {
    if (!listed) {
      handle.execute(UNLIST, network, room);
    } else if (!isListed(handle, network, room)) {
      handle.execute(LIST, network, room);
    }
  }

  List<Long> listed(String network) {
    return database.read(
        handle -> handle.createQuery(LISTED).bind(0, network).mapTo(Long.class).list());
  }

  List<Long> listedAnywhere() {
    return database.read(handle -> handle.createQuery(LISTED_ANYWHERE).mapTo(Long.class).list());
  }
}
