package dev.sotto.homeserver.directory;

import dev.sotto.homeserver.appservices.Appservice;
import dev.sotto.homeserver.appservices.Appservices;
import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.homeserver.names.Users;
import dev.sotto.homeserver.rooms.Room;
import dev.sotto.homeserver.rooms.RoomPublication;
import dev.sotto.homeserver.rooms.Rooms;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.RoomAlias;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What other parts of the server ask of the directory: which room an alias means, and to note a
/// room's names with the change that makes or replaces the room.
public final class Directory implements RoomPublication {
  /// The list that is the server's own, not a third-party network's.
  static final String OWN_LIST = "";

  private final DirectoryStore store;
  private final Rooms rooms;
  private final Users users;
  private final Appservices appservices;
  private final InstantSource clock;

  public Directory(
      Database database, Rooms rooms, Users users, Appservices appservices, InstantSource clock) {
    this.store = new DirectoryStore(database);
    this.rooms = rooms;
    this.users = users;
    this.appservices = appservices;
    this.clock = clock;
  }

  DirectoryStore store() {
    return store;
  }

  @Override
  public Optional<RoomId> resolve(RoomAlias alias) {
    return store.find(alias).map(row -> rooms.byNumber(row.room()).id());
  }

  /// Refuses an alias that is reserved for an application service whose user this is not.
  ///
  /// @throws MatrixException `M_EXCLUSIVE`
  void checkFree(RoomAlias alias, UserId user) {
    Appservice own =
        appservices.all().stream()
            .filter(service -> service.actsFor(user))
            .findFirst()
            .orElse(null);
    appservices.checkFree(alias, own);
  }

  @Override
  public void publish(
      Transaction transaction,
      Room room,
      @Nullable RoomAlias alias,
      UserId creator,
      boolean listed) {
    if (alias != null) {
      checkFree(alias, creator);
      long number =
          users
              .knownNumber(creator)
              .orElseThrow(() -> new IllegalStateException("a creator without a number"));
      if (!store.insert(transaction.handle(), alias, room.number(), number, clock.millis())) {
        throw new MatrixException(
            ErrorCode.M_ROOM_IN_USE, 400, "The alias " + alias + " is taken.");
      }
    }
    if (listed) {
      store.setListed(transaction.handle(), OWN_LIST, room.number(), true);
    }
  }

  /// Lets the aliases of a room stand for the one that takes its place, and lists that one instead
  /// if the old one was listed.
  @Override
  public void replace(Transaction transaction, Room old, Room next) {
    store.move(transaction.handle(), old.number(), next.number());
    if (store.isListed(transaction.handle(), OWN_LIST, old.number())) {
      store.setListed(transaction.handle(), OWN_LIST, old.number(), false);
      store.setListed(transaction.handle(), OWN_LIST, next.number(), true);
    }
  }
}
