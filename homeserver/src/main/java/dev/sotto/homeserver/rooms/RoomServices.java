package dev.sotto.homeserver.rooms;

import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.id.ServerName;
import java.security.SecureRandom;
import java.time.InstantSource;

/// The services of this package, made around the one store that they share.
public record RoomServices(
    Rooms rooms,
    Memberships memberships,
    EventWriter writer,
    Timeline timeline,
    Visibility visibility,
    SentTransactions sentTransactions,
    Relations relations,
    RoomAccess access,
    Pages pages,
    SentTimes sentTimes,
    EventViews views,
    RestrictedJoins restrictedJoins,
    RoomSummaries summaries,
    OpenRooms openRooms,
    UserFacts facts) {
  private static final int ROOMS_HELD = 10_000;
  private static final int DEVICES_HELD = 5_000;

  public static RoomServices over(
      Database database,
      Journal journal,
      Users users,
      ServerName server,
      SecureRandom random,
      InstantSource clock,
      UserFacts facts) {
    RoomStore store = new RoomStore(database, users);
    Rooms rooms = new Rooms(store, ROOMS_HELD);
    Memberships memberships = new Memberships(store, rooms, users);
    Timeline timeline = new Timeline(store);
    RestrictedJoins restrictedJoins = new RestrictedJoins(rooms);
    Visibility visibility = new Visibility(timeline);
    Relations relations = new Relations(store, users, timeline);
    EventBuilder builder = new EventBuilder(server, random);
    return new RoomServices(
        rooms,
        memberships,
        new EventWriter(store, rooms, memberships, users, builder, journal, clock),
        timeline,
        visibility,
        new SentTransactions(store, users, DEVICES_HELD),
        relations,
        new RoomAccess(rooms, timeline, visibility, memberships, facts),
        new Pages(timeline, relations),
        new SentTimes(store),
        new EventViews(
            timeline, rooms, new Bundling(store, users, rooms, visibility, facts), clock),
        restrictedJoins,
        new RoomSummaries(rooms, restrictedJoins),
        new OpenRooms(store),
        facts);
  }
}
