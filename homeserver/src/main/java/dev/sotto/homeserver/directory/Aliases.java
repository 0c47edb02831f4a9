package dev.sotto.homeserver.directory;

import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.names.Users;
import dev.sotto.homeserver.rooms.EventSending;
import dev.sotto.homeserver.rooms.Room;
import dev.sotto.homeserver.rooms.RoomServices;
import dev.sotto.homeserver.rooms.Rooms;
import dev.sotto.homeserver.rooms.StoredEvent;
import dev.sotto.homeserver.rooms.Visibility;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.RoomAlias;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.rules.PowerLevels;
import java.time.InstantSource;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Gives rooms aliases and takes them away, for those who may.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#room-aliases
public final class Aliases {
  private final Directory directory;
  private final DirectoryStore store;
  private final Rooms rooms;
  private final Visibility visibility;
  private final EventSending sending;
  private final Journal journal;
  private final Users users;
  private final ServerName server;
  private final InstantSource clock;

  public Aliases(
      Directory directory,
      RoomServices services,
      EventSending sending,
      Journal journal,
      Users users,
      ServerName server,
      InstantSource clock) {
    this.directory = directory;
    this.store = directory.store();
    this.rooms = services.rooms();
    this.visibility = services.visibility();
    this.sending = sending;
    this.journal = journal;
    this.users = users;
    this.server = server;
    this.clock = clock;
  }

  /// The room that an alias stands for; `M_NOT_FOUND` if there is none.
  public RoomId require(RoomAlias alias) {
    return rooms.byNumber(find(alias).room()).id();
  }

  private DirectoryStore.Row find(RoomAlias alias) {
    return store
        .find(alias)
        .orElseThrow(
            () -> MatrixException.notFound("There is no room with the alias " + alias + "."));
  }

  /// The aliases of a room, for one who may see the room.
  ///
  /// @param admin whether the user administers the server
  public List<RoomAlias> of(RoomId id, UserId user, boolean admin) {
    return rooms
        .find(id)
        .filter(room -> admin || visibility.mayPeek(room, user))
        .map(room -> store.ofRoom(room.number()))
        .orElseThrow(() -> MatrixException.forbidden("You are not in that room."));
  }

  /// Lets an alias of this server stand for a room that the user is in.
  ///
  /// @param admin whether the user administers the server
  /// @throws MatrixException `M_UNKNOWN` with status 409 if the alias is taken, `M_EXCLUSIVE` if it
  ///   is reserved for an application service
  public void set(RoomAlias alias, RoomId id, UserId user, boolean admin) {
    if (!alias.server().equals(server)) {
      throw MatrixException.invalidParam("Aliases made here must end in :" + server + ".");
    }
    if (alias.localpart().isEmpty()) {
      throw MatrixException.invalidParam("An alias needs a name after its '#'.");
    }
    directory.checkFree(alias, user);
    Room room = rooms.require(id);
    if (!admin && !room.state().isJoined(user)) {
      throw MatrixException.forbidden("You must be in a room to give it an alias.");
    }
    long creator = users.number(user);
    boolean added =
        journal.write(
            transaction ->
                store.insert(transaction.handle(), alias, room.number(), creator, clock.millis()));
    if (!added) {
      throw new MatrixException(ErrorCode.M_UNKNOWN, 409, "The alias " + alias + " is taken.");
    }
  }

  /// Takes an alias away, for who made it, who may set the room's canonical alias, and
  /// administrators. It also leaves the canonical aliases, where the user may change those.
  public void delete(RoomAlias alias, UserId user, boolean admin) {
    DirectoryStore.Row row = find(alias);
    Room room = rooms.byNumber(row.room());
    boolean maySetCanonical = maySetCanonical(room, user);
    if (row.creator() != users.number(user) && !maySetCanonical && !admin) {
      throw MatrixException.forbidden(
          "An alias can be deleted by who made it and by those who may name the room.");
    }
    journal.change(transaction -> store.delete(transaction.handle(), alias));
    if (maySetCanonical) {
      leaveCanonical(room, user, alias);
    }
  }

  /// Whether a user may say by which aliases a room is to be known.
  static boolean maySetCanonical(Room room, UserId user) {
    PowerLevels levels = room.state().powerLevels(room.version());
    return room.state().isJoined(user)
        && levels.of(user) >= levels.toSend(EventTypes.CANONICAL_ALIAS, true);
  }

  private void leaveCanonical(Room room, UserId user, RoomAlias alias) {
    StoredEvent current = room.state().stored(StateKey.CANONICAL_ALIAS);
    if (current == null) {
      return;
    }
    ObjectNode content = current.content().deepCopy();
    if (alias.value().equals(content.path("alias").stringValue(""))) {
      content.remove("alias");
    }
    if (content.get("alt_aliases") instanceof ArrayNode alternatives) {
      alternatives.removeIf((JsonNode other) -> alias.value().equals(other.stringValue("")));
      if (alternatives.isEmpty()) {
        content.remove("alt_aliases");
      }
    }
    if (!content.equals(current.content())) {
      sending.state(room, user, StateKey.CANONICAL_ALIAS, content, null);
    }
  }
}
