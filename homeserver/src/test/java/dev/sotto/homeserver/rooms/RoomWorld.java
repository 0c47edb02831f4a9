package dev.sotto.homeserver.rooms;

import dev.sotto.homeserver.blindness.EncryptionPolicy;
import dev.sotto.homeserver.blindness.Gate;
import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import dev.sotto.protocol.rules.RoomVersions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/// Rooms on a database in memory, without the rest of a server.
final class RoomWorld implements AutoCloseable {
  private static final ServerName SERVER = new ServerName("example.org");

  final Database database;
  final Journal journal;
  final RoomServices services;
  final EventSending sending;
  private final MembershipChanges members;
  private final RoomCreation creation;
  private final Gate gate = new Gate(EncryptionPolicy.OPTIONAL);

  RoomWorld() {
    this(Database.inMemory(UUID.randomUUID().toString()));
  }

  private RoomWorld(Database database) {
    this.database = database;
    journal = new Journal(database);
    Users users = new Users(database, journal);
    SecureRandom random = new SecureRandom();
    Clock clock = Clock.systemUTC();
    MemberProfiles profiles = _ -> new MemberProfiles.MemberProfile(null, null);
    RoomPublication unpublished = new Unpublished();
    services = RoomServices.over(database, journal, users, SERVER, random, clock, new Everybody());
    creation =
        new RoomCreation(
            services,
            gate,
            profiles,
            unpublished,
            SERVER,
            RoomVersions.of("12").orElseThrow(),
            random,
            clock);
    members = new MembershipChanges(services, users, journal, gate, profiles, SERVER);
    sending = new EventSending(services, members, gate, unpublished);
  }

  /// The same rooms as a server finds them that has just been started; this world is then over.
  RoomWorld restarted() {
    journal.close();
    return new RoomWorld(database);
  }

  static UserId user(String name) {
    return new UserId("@" + name + ":example.org");
  }

  /// A room that anybody may join, with these in it.
  Room room(UserId creator, UserId... others) {
    Room room =
        creation.create(
            creator,
            new NewRoom(
                null, null, null, null, null, null, null, null, null, "public_chat", null, null));
    for (UserId other : others) {
      members.join(room, other, null, null);
    }
    return room;
  }

  /// The room as this world knows it.
  Room find(Room room) {
    return services.rooms().require(room.id());
  }

  EventId say(Room room, UserId sender, String text) {
    return sending.message(room, sender, EventTypes.MESSAGE, message(text), null, null);
  }

  /// Says something at each of these times, which may be in any order.
  void sayAt(Room room, UserId sender, List<Long> times) {
    List<Draft> drafts =
        times.stream()
            .map(
                time ->
                    new Draft(
                        sender,
                        gate.admit(EventTypes.MESSAGE, null, message("at " + time)),
                        time,
                        null))
            .toList();
    services.writer().append(room, drafts, _ -> {});
  }

  EventId sayOnce(Room room, UserId sender, String text, String txnId) {
    Draft.Sent sent = new Draft.Sent(new DeviceId("DEVICE"), txnId);
    return sending.message(room, sender, EventTypes.MESSAGE, message(text), sent, null);
  }

  /// Says something together with what `also` writes.
  StoredEvent sayWith(Room room, UserId sender, String text, Consumer<Transaction> also) {
    Draft draft = new Draft(sender, gate.admit(EventTypes.MESSAGE, null, message(text)));
    return services.writer().append(room, List.of(draft), also).getFirst();
  }

  EventId set(Room room, UserId sender, StateKey key, String value) {
    return sending.state(room, sender, key, value(value), null);
  }

  /// Sets state together with what `also` writes.
  StoredEvent setWith(
      Room room, UserId sender, StateKey key, String value, Consumer<Transaction> also) {
    Draft draft = new Draft(sender, gate.admit(key.type(), key.key(), value(value)));
    return services.writer().append(room, List.of(draft), also).getFirst();
  }

  /// The event that holds `key` now.
  static StoredEvent current(Room room, StateKey key) {
    return Objects.requireNonNull(room.state().stored(key));
  }

  private static ObjectNode value(String value) {
    ObjectNode content = Json.object();
    content.put("value", value);
    return content;
  }

  void leave(Room room, UserId user) {
    members.leave(room, user, null);
  }

  private static ObjectNode message(String text) {
    ObjectNode content = Json.object();
    content.put("msgtype", "m.text");
    content.put("body", text);
    return content;
  }

  /// Everything that was ever written to the room, as the database has it, oldest first.
  List<StoredEvent> written(Room room) {
    return services.timeline().oldest(room, 0, Long.MAX_VALUE, Integer.MAX_VALUE);
  }

  @Override
  public void close() {
    journal.close();
    database.close();
  }
}
