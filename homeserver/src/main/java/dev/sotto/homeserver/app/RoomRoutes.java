package dev.sotto.homeserver.app;

import dev.sotto.homeserver.api.client.CreateRoomEndpoints;
import dev.sotto.homeserver.api.client.EventContextEndpoints;
import dev.sotto.homeserver.api.client.MembershipEndpoints;
import dev.sotto.homeserver.api.client.MessagePaginationEndpoints;
import dev.sotto.homeserver.api.client.MutualRoomsEndpoints;
import dev.sotto.homeserver.api.client.RedactionEndpoints;
import dev.sotto.homeserver.api.client.RelationsEndpoints;
import dev.sotto.homeserver.api.client.RoomEventByTimestampEndpoints;
import dev.sotto.homeserver.api.client.RoomSendEndpoints;
import dev.sotto.homeserver.api.client.RoomStateEndpoints;
import dev.sotto.homeserver.api.client.RoomSummaryEndpoints;
import dev.sotto.homeserver.api.client.RoomUpgradesEndpoints;
import dev.sotto.homeserver.api.client.RoomsEndpoints;
import dev.sotto.homeserver.api.client.SpaceHierarchyEndpoints;
import dev.sotto.homeserver.api.client.ThreadsListEndpoints;
import dev.sotto.homeserver.appservices.Appservices;
import dev.sotto.homeserver.http.RateLimits;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.presence.Presence;
import dev.sotto.homeserver.rooms.EventSending;
import dev.sotto.homeserver.rooms.MembershipChanges;
import dev.sotto.homeserver.rooms.RoomCreation;
import dev.sotto.homeserver.rooms.RoomPublication;
import dev.sotto.homeserver.rooms.RoomServices;
import dev.sotto.homeserver.rooms.RoomUpgrades;
import java.util.List;
import java.util.stream.Stream;

/// The routes by which rooms are made, changed and read.
final class RoomRoutes {
  private RoomRoutes() {}

  static List<Route> of(
      RoomServices services,
      Journal journal,
      RateLimits rates,
      Appservices appservices,
      RoomCreation creation,
      MembershipChanges changes,
      EventSending sending,
      RoomUpgrades upgrades,
      RoomPublication publication,
      Presence presence) {
    return Stream.of(
            new CreateRoomEndpoints(creation, rates).routes(),
            new MembershipEndpoints(services, changes, publication).routes(),
            new RoomSendEndpoints(services.access(), sending, presence).routes(),
            new RoomStateEndpoints(services.access(), sending, rates).routes(),
            new RedactionEndpoints(services.access(), sending).routes(),
            new RoomsEndpoints(services, appservices).routes(),
            new MessagePaginationEndpoints(services, journal).routes(),
            new EventContextEndpoints(services).routes(),
            new RelationsEndpoints(services).routes(),
            new ThreadsListEndpoints(services).routes(),
            new RoomUpgradesEndpoints(services.access(), upgrades).routes(),
            new RoomSummaryEndpoints(services.summaries(), publication).routes(),
            new SpaceHierarchyEndpoints(services.summaries()).routes(),
            new RoomEventByTimestampEndpoints(services).routes(),
            new MutualRoomsEndpoints(services.memberships()).routes())
        .flatMap(List::stream)
        .toList();
  }
}
