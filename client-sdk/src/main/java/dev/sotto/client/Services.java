package dev.sotto.client;

import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;

/// What a room's methods work with.
record Services(
    UserId self,
    Calls calls,
    Outlet outlet,
    KnownRooms rooms,
    MemberLists lists,
    Direct direct,
    MessageReader reader,
    Downloads downloads,
    History history,
    Invites invites) {
  Room room(RoomId id) {
    return new Room(this, id);
  }

  Invitation invitation(RoomId id) {
    return new Invitation(room(id), rooms.facts(id).inviter());
  }
}
