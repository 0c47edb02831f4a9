package dev.sotto.client;

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
    Invites invites) {}
