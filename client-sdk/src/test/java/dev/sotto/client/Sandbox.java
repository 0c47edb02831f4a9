package dev.sotto.client;

import dev.sotto.client.encryption.Machine;
import dev.sotto.client.encryption.attachment.Attachments;
import dev.sotto.client.encryption.request.OutgoingRequest.RoomMessage;
import dev.sotto.client.event.Membership;
import dev.sotto.client.http.FakePace;
import dev.sotto.client.http.FakeServer;
import dev.sotto.client.http.TokenPair;
import dev.sotto.client.memory.SecretText;
import dev.sotto.client.session.SavedSession;
import dev.sotto.client.session.Session;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import tools.jackson.databind.node.ObjectNode;

/// A client's parts around a scripted server and an encryption that can be looked into.
final class Sandbox implements AutoCloseable {
  static final UserId BOT = new UserId("@bot:example.org");
  static final UserId ADA = new UserId("@ada:example.org");
  static final RoomId ROOM = new RoomId("!room:example.org");

  final FakeServer server = new FakeServer();
  final FakePace pace = new FakePace();
  final MemoryStore store = new MemoryStore();
  final FakeEncryption encryption = new FakeEncryption();
  final Handlers handlers = new Handlers();
  final Kept kept = new Kept(store);
  final Session session;
  final Calls calls;
  final KnownRooms rooms = new KnownRooms(store, new Members(store));
  final MemberLists lists;
  final Pump pump;
  final Outlet outlet;

  // As of now, until a test ends it.
  final Currency currency;
  final MemoryStore machineStore = new MemoryStore();
  final Machine machine;
  final Services services;
  final Room room;

  Sandbox() {
    SavedSession saved =
        new SavedSession(
            server.address(),
            BOT,
            new DeviceId("DEVICE"),
            new TokenPair(SecretText.of("token"), null));
    session = Session.restore(saved, kept, pace.settings());
    calls = new Calls(session, SecretText.of("password"));
    lists = new MemberLists(calls, rooms);
    pump = new Pump(calls, encryption, handlers, BOT.value(), this::sendForEncryption);
    SecureRandom random = new SecureRandom();
    Attachments attachments = new Attachments(random);
    currency =
        new Currency(
            pace::now,
            Duration.ofMillis(1),
            () -> {
              rooms.outdateMembers();
              encryption.missedSome();
            });
    currency.answered();
    outlet =
        new Outlet(
            calls,
            rooms,
            lists,
            encryption,
            currency,
            pump,
            new Transactions(store, random),
            attachments);
    Downloads downloads = new Downloads(calls, attachments);
    machine =
        Machine.open(machineStore, BOT, new DeviceId("DEVICE"), random, InstantSource.system());
    History history =
        new History(
            machine.history(),
            new Backups(machine.backup(), pump, calls, () -> {}),
            currency,
            outlet,
            downloads,
            pump,
            handlers,
            new LeftOutDevices(handlers),
            () -> {});
    services =
        new Services(
            BOT,
            calls,
            outlet,
            rooms,
            lists,
            new Direct(new AccountData(calls, BOT), kept, store, rooms),
            new MessageReader(encryption, pump),
            downloads,
            history,
            new Invites(BOT, calls, outlet, history, handlers));
    room = new Room(services, ROOM);
  }

  private ObjectNode sendForEncryption(RoomMessage message) {
    return outlet.sendForEncryption(
        message.room(), message.eventType(), message.body(), message.id());
  }

  /// As after a sync that has shown the room, encrypted or not, with all of its members.
  Sandbox knowing(boolean encrypted) {
    rooms.change(
        ROOM,
        next -> {
          next.membership(Membership.JOIN).stateKnown().membersKnown();
          if (encrypted) {
            next.encryption(NewRoom.encryption());
          }
        });
    return this;
  }

  /// The next answer: an event was sent.
  Sandbox answerEvent() {
    server.answer(200, "{\"event_id\":\"$sent\"}");
    return this;
  }

  ObjectNode body(int request) {
    return Json.parseObject(server.seen().get(request).body());
  }

  String path(int request) {
    return server.seen().get(request).path();
  }

  /// All that the server was told, in one.
  String all() {
    StringBuilder all = new StringBuilder();
    server.seen().forEach(seen -> all.append(seen.path()).append(' ').append(seen.body()));
    server.seen().forEach(seen -> all.append(seen.headers().values()));
    return all.toString();
  }

  @Override
  public void close() {
    machine.close();
    session.close();
    server.close();
  }
}
