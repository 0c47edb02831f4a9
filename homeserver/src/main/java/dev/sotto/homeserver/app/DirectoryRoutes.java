package dev.sotto.homeserver.app;

import dev.sotto.homeserver.accounts.Accounts;
import dev.sotto.homeserver.api.client.AppserviceRoomDirectoryEndpoints;
import dev.sotto.homeserver.api.client.DirectoryEndpoints;
import dev.sotto.homeserver.api.client.ListPublicRoomsEndpoints;
import dev.sotto.homeserver.api.client.ProfileEndpoints;
import dev.sotto.homeserver.api.client.UsersEndpoints;
import dev.sotto.homeserver.directory.Aliases;
import dev.sotto.homeserver.directory.Directory;
import dev.sotto.homeserver.directory.PublicRooms;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.names.Users;
import dev.sotto.homeserver.profiles.ProfileChanges;
import dev.sotto.homeserver.profiles.Profiles;
import dev.sotto.homeserver.profiles.UserSearch;
import dev.sotto.homeserver.rooms.EventSending;
import dev.sotto.homeserver.rooms.MembershipChanges;
import dev.sotto.homeserver.rooms.RoomServices;
import dev.sotto.protocol.id.ServerName;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

/// The routes by which users and rooms are found, and what they show of themselves is changed.
final class DirectoryRoutes {
  private DirectoryRoutes() {}

  static List<Route> of(
      RoomServices rooms,
      Directory directory,
      Profiles profiles,
      MembershipChanges memberships,
      EventSending sending,
      Accounts accounts,
      Journal journal,
      Users users,
      ServerName server,
      InstantSource clock) {
    PublicRooms publicRooms = new PublicRooms(directory, rooms.rooms(), journal);
    Aliases aliases = new Aliases(directory, rooms, sending, journal, users, server, clock);
    ProfileChanges changes = new ProfileChanges(profiles, memberships);
    UserSearch search = new UserSearch(users, profiles, rooms.memberships(), rooms.openRooms());
    return Stream.of(
            new ProfileEndpoints(accounts, profiles, changes).routes(),
            new UsersEndpoints(search).routes(),
            new DirectoryEndpoints(aliases, server).routes(),
            new ListPublicRoomsEndpoints(publicRooms, server).routes(),
            new AppserviceRoomDirectoryEndpoints(publicRooms).routes())
        .flatMap(List::stream)
        .toList();
  }
}
