package dev.sotto.homeserver.app;

import dev.sotto.homeserver.api.client.CreateRoomEndpoints;
import dev.sotto.homeserver.api.client.MembershipEndpoints;
import dev.sotto.homeserver.api.client.RedactionEndpoints;
import dev.sotto.homeserver.api.client.RoomSendEndpoints;
import dev.sotto.homeserver.api.client.RoomStateEndpoints;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.rooms.EventSending;
import dev.sotto.homeserver.rooms.MembershipChanges;
import dev.sotto.homeserver.rooms.RoomCreation;
import dev.sotto.homeserver.rooms.RoomPublication;
import dev.sotto.homeserver.rooms.RoomServices;
import java.util.List;
import java.util.stream.Stream;

/// The routes by which rooms are made, changed and read.
final class RoomRoutes {
  private RoomRoutes() {}

  static List<Route> of(
      RoomServices services,
      RoomCreation creation,
      MembershipChanges changes,
      EventSending sending,
      RoomPublication publication) {
    return Stream.of(
            new CreateRoomEndpoints(creation).routes(),
            new MembershipEndpoints(services, changes, publication).routes(),
            new RoomSendEndpoints(services.rooms(), sending).routes(),
            new RoomStateEndpoints(services.rooms(), sending).routes(),
            new RedactionEndpoints(services.rooms(), sending).routes())
        .flatMap(List::stream)
        .toList();
  }
}
