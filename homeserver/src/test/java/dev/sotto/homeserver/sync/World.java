package dev.sotto.homeserver.sync;

import dev.sotto.homeserver.accountdata.AccountData;
import dev.sotto.homeserver.accountdata.IgnoredUsers;
import dev.sotto.homeserver.app.RoomEvents;
import dev.sotto.homeserver.app.RoomFacts;
import dev.sotto.homeserver.blindness.EncryptionPolicy;
import dev.sotto.homeserver.blindness.Gate;
import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.devices.Devices;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.keys.KeyServices;
import dev.sotto.homeserver.keys.SharedRooms;
import dev.sotto.homeserver.names.Users;
import dev.sotto.homeserver.presence.Presence;
import dev.sotto.homeserver.push.Notifications;
import dev.sotto.homeserver.push.PushRules;
import dev.sotto.homeserver.push.UnreadCounts;
import dev.sotto.homeserver.receipts.Receipts;
import dev.sotto.homeserver.rooms.EventSending;
import dev.sotto.homeserver.rooms.Everybody;
import dev.sotto.homeserver.rooms.MemberProfiles;
import dev.sotto.homeserver.rooms.MembershipChanges;
import dev.sotto.homeserver.rooms.NewRoom;
import dev.sotto.homeserver.rooms.Room;
import dev.sotto.homeserver.rooms.RoomCreation;
import dev.sotto.homeserver.rooms.RoomPublication;
import dev.sotto.homeserver.rooms.RoomServices;
import dev.sotto.homeserver.rooms.Unpublished;
import dev.sotto.homeserver.todevice.ToDevice;
import dev.sotto.homeserver.typing.Typing;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import dev.sotto.protocol.rules.RoomVersions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/// A small server without HTTP, with rooms and whoever is in them.
public final class World implements AutoCloseable {
  private static final ServerName SERVER = new ServerName("example.org");

  public final Database database = Database.inMemory(UUID.randomUUID().toString());
  public final Journal journal = new Journal(database);
  public final Users users = new Users(database, journal);
  public final RoomServices rooms;
  final MembershipChanges members;
  final AccountData accountData;
  final Receipts receipts;
  final Typing typing;
  final Presence presence;
  final Devices devices;
  final KeyServices keys;
  final ToDevice toDevice;
  final Notifications notifications;
  final Sync sync;
  private final RoomCreation creation;
  private final EventSending sending;

  public World() {
    Clock clock = Clock.systemUTC();
    SecureRandom random = new SecureRandom();
    Gate gate = new Gate(EncryptionPolicy.OPTIONAL);
    MemberProfiles profiles = _ -> new MemberProfiles.MemberProfile(null, null);
    rooms = RoomServices.over(database, journal, users, SERVER, random, clock, new Everybody());
    RoomPublication unpublished = new Unpublished();
    creation =
        new RoomCreation(
            rooms,
            gate,
            profiles,
            unpublished,
            SERVER,
            RoomVersions.of("12").orElseThrow(),
            random,
            clock);
    members = new MembershipChanges(rooms, users, journal, gate, profiles, SERVER);
    sending = new EventSending(rooms, members, gate, unpublished);
    RoomFacts facts = new RoomFacts(rooms.rooms(), rooms.memberships(), rooms.timeline());
    accountData =
        new AccountData(
            database,
            journal,
            users,
            facts::number,
            Map.of(AccountData.PUSH_RULES, PushRules::defaults));
    IgnoredUsers ignored = new IgnoredUsers(accountData);
    receipts =
        new Receipts(
            database, journal, users, accountData, facts::requireJoined, facts::place, clock);
    typing = new Typing(facts::requireJoined, journal.watchers(), clock);
    presence = new Presence(true, users, facts, journal.watchers(), clock);
    devices = new Devices(database, journal, gate, random, clock);
    SharedRooms shared =
        new SharedRooms() {
          @Override
          public long[] topics(UserId user) {
            return rooms.memberships().topics(user);
          }

          @Override
          public Set<UserId> sharing(UserId user) {
            return rooms.memberships().sharing(user);
          }
        };
    keys = KeyServices.over(database, journal, users, devices, shared, gate);
    toDevice = new ToDevice(database, journal, users, devices, gate, clock, 1_000);
    RoomEvents events = new RoomEvents(rooms, facts);
    PushRules pushRules = new PushRules(accountData);
    notifications = new Notifications(pushRules, receipts, ignored, events, journal);
    sync =
        new Sync(
            journal,
            users,
            rooms,
            accountData,
            ignored,
            receipts,
            typing,
            presence,
            new UnreadCounts(pushRules, receipts, ignored, events),
            keys,
            toDevice,
            clock);
  }

  public static UserId user(String name) {
    return new UserId("@" + name + ":example.org");
  }

  /// A room that anybody may join, with these in it.
  public Room room(UserId creator, UserId... others) {
    Room room =
        creation.create(
            creator,
            new NewRoom(
                null, null, null, null, null, null, null, null, null, "public_chat", null, null));
    for (UserId other : others) {
      join(room, other);
    }
    return room;
  }

  EventId say(Room room, UserId user, String body) {
    ObjectNode content = Json.object();
    content.put("msgtype", "m.text");
    content.put("body", body);
    return sending.message(room, user, EventTypes.MESSAGE, content, null, null);
  }

  public EventId set(Room room, UserId user, StateKey key, String name, String value) {
    ObjectNode content = Json.object();
    content.put(name, value);
    return sending.state(room, user, key, content, null);
  }

  EventId topic(Room room, UserId user, String topic) {
    return set(room, user, StateKey.TOPIC, "topic", topic);
  }

  EventId rename(Room room, UserId user, String name) {
    ObjectNode content = Json.object();
    content.put("membership", "join");
    content.put("displayname", name);
    return sending.state(room, user, StateKey.member(user), content, null);
  }

  EventId redact(Room room, UserId user, EventId target) {
    return sending.redact(room, user, target, null, null, null);
  }

  public void join(Room room, UserId user) {
    members.join(room, user, null, null);
  }

  void leave(Room room, UserId user) {
    members.leave(room, user, null);
  }

  @Override
  public void close() {
    typing.close();
    presence.close();
    journal.close();
    database.close();
  }
}
