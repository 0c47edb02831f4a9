package dev.sotto.homeserver.sync;

import dev.sotto.homeserver.accountdata.AccountData;
import dev.sotto.homeserver.accountdata.IgnoredUsers;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.keys.DeviceLists;
import dev.sotto.homeserver.names.Users;
import dev.sotto.homeserver.presence.Presence;
import dev.sotto.homeserver.push.UnreadCounts;
import dev.sotto.homeserver.rooms.EventViews;
import dev.sotto.homeserver.rooms.Memberships;
import dev.sotto.homeserver.rooms.Rooms;
import dev.sotto.homeserver.typing.Typing;
import java.time.InstantSource;

/// Where an answer comes from.
record SyncSources(
    Journal journal,
    Rooms rooms,
    Memberships memberships,
    EventViews views,
    OwnMemberships members,
    Timelines timelines,
    RoomParts parts,
    SharingNews sharing,
    DeviceLists deviceLists,
    DeviceNews deviceNews,
    RoomExtrasSource extras,
    AccountData accountData,
    IgnoredUsers ignoredUsers,
    Presence presence,
    Typing typing,
    UnreadCounts unreadCounts,
    Users users,
    InstantSource clock) {}
