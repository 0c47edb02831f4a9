package dev.sotto.client;

import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.Optional;

/// Somebody wants us in a room.
public final class Invitation {
  /// Deals with invitations.
  @FunctionalInterface
  public interface Handler {
    /// Deals with one; what it throws goes to [MatrixClient#onProblem].
    void handle(Invitation invitation) throws Exception;
  }

  private final Room room;
  private final Optional<UserId> inviter;

  Invitation(Room room, Optional<UserId> inviter) {
    this.room = room;
    this.inviter = inviter;
  }

  /// The room's id.
  public RoomId roomId() {
    return room.id();
  }

  /// What the room is called, as far as the server says it to those who are invited.
  public Optional<String> roomName() {
    return room.givenName();
  }

  /// Who has invited us, as the server says.
  public Optional<UserId> inviter() {
    return inviter;
  }

  /// Joins the room.
  public Room accept() {
    room.join();
    return room;
  }

  /// Stays out of it.
  public void decline() {
    room.leave();
  }

  @Override
  public String toString() {
    return "invitation to " + room.id();
  }
}
