package dev.sotto.homeserver.sync;

import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.rooms.EventViews;
import dev.sotto.homeserver.rooms.Memberships;
import dev.sotto.homeserver.rooms.Rooms;
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
    DeviceListNews deviceListNews,
    InstantSource clock) {}
