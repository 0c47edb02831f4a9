package dev.sotto.client.encryption.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.verification.CancelCode;
import dev.sotto.client.verification.Method;
import dev.sotto.client.verification.Verification;
import dev.sotto.protocol.crypto.SigningKey;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Devices of a few users, and a server that passes their messages on, or what it makes of them.
final class World implements AutoCloseable {
  static final RoomId ROOM = new RoomId("!room:example.org");
  static final UserId ALICE = new UserId("@alice:example.org");
  static final UserId BOB = new UserId("@bob:other.org");

  private static final int MAX_ROUNDS = 100;

  private final SecureRandom random = new SecureRandom();
  final List<Person> devices = new ArrayList<>();
  final Map<UserId, VerifyKey> masters = new HashMap<>();

  /// All that was sent to a room or devices, in order.
  final List<Parcel> sent = new ArrayList<>();

  Instant now = Instant.parse("2026-05-01T12:00:00Z");

  /// Whether senders hear of their event's id only by the event itself.
  boolean answersAreLost;

  /// What the server does to contents on their way.
  Consumer<Parcel> tampering = _ -> {};

  /// What the server does not pass on.
  Predicate<Parcel> lost = _ -> false;

  private long lastEvent;

  /// A message on its way.
  record Parcel(
      Person from,
      UserId to,
      String device,
      @Nullable RoomId room,
      String id,
      String type,
      ObjectNode content) {
    String kind() {
      return type.equals("m.room.message") ? "request" : type.substring(type.lastIndexOf('.') + 1);
    }
  }

  /// A device and its user, who sees the same keys as everybody unless some are replaced.
  final class Person implements KnownKeys, AutoCloseable {
    final UserId user;
    final DeviceId device;
    final VerifyKey fingerprint = key();
    final Verifications verifications;
    final List<Verification> seen = new ArrayList<>();
    final Map<String, VerifyKey> replaced = new HashMap<>();
    final List<String> forgotten = new ArrayList<>();
    boolean trustsItsMaster = true;

    private Person(UserId user, String device, Set<Method> methods) {
      this.user = user;
      this.device = new DeviceId(device);
      verifications =
          new Verifications(
              user,
              this.device,
              fingerprint,
              this,
              methods,
              () -> now,
              new RequestIds(random),
              random);
    }

    @Override
    public Optional<VerifyKey> fingerprint(UserId of, DeviceId id) {
      if (forgotten.contains(id.value())) {
        return Optional.empty();
      }
      return Optional.ofNullable(replaced.get(id.value()))
          .or(
              () ->
                  devices.stream()
                      .filter(each -> each.user.equals(of) && each.device.equals(id))
                      .map(each -> each.fingerprint)
                      .findFirst());
    }

    @Override
    public Optional<VerifyKey> masterKey(UserId of) {
      return Optional.ofNullable(replaced.getOrDefault(of.value(), masters.get(of)));
    }

    @Override
    public Optional<VerifyKey> trustedMasterKey() {
      return trustsItsMaster ? masterKey(user) : Optional.empty();
    }

    /// The phase of the one verification that this device knows of, ended ones included.
    Verification phase() {
      return verifications.now(seen.getLast());
    }

    <T extends Verification> T phase(Class<T> type) {
      return assertInstanceOf(type, phase());
    }

    Person accept() {
      verifications.accept(phase(Verification.RequestReceived.class));
      deliver();
      return this;
    }

    Person start() {
      verifications.start(phase(Verification.Ready.class));
      deliver();
      return this;
    }

    Person confirm() {
      verifications.confirm(phase(Verification.KeysExchanged.class));
      deliver();
      return this;
    }

    Person cancel() {
      verifications.cancel(phase(Verification.Open.class));
      deliver();
      return this;
    }

    void assertCancelled(CancelCode code, Verification.By by) {
      Verification.Cancelled cancelled = phase(Verification.Cancelled.class);
      assertEquals(code, cancelled.code());
      assertEquals(by, cancelled.by());
    }

    /// Gets a message to this device, in the clear.
    void hear(UserId sender, String type, ObjectNode content) {
      verifications.receive(sender, null, "m.key.verification." + type, content.deepCopy());
      watch();
    }

    void hear(TimelineEvent event) {
      verifications.receive(event);
      watch();
    }

    private void watch() {
      seen.addAll(verifications.changed());
    }

    @Override
    public void close() {
      verifications.close();
    }
  }

  VerifyKey key() {
    try (SigningKey key = SigningKey.generate(random)) {
      return key.verifyKey();
    }
  }

  Optional<VerifyKey> master(UserId user) {
    return Optional.ofNullable(masters.get(user));
  }

  Person device(UserId user, String device) {
    return device(user, device, Set.of(Method.SAS));
  }

  Person device(UserId user, String device, Set<Method> methods) {
    masters.computeIfAbsent(user, _ -> key());
    Person person = new Person(user, device, methods);
    devices.add(person);
    return person;
  }

  /// Passes on what there is until nothing is left.
  void deliver() {
    for (int i = 0; i < MAX_ROUNDS; i++) {
      List<Parcel> parcels = collect();
      if (parcels.isEmpty()) {
        return;
      }
      parcels.forEach(this::pass);
    }
    throw new AssertionError("the devices do not come to an end");
  }

  /// Takes what is to be sent, without passing it on.
  List<Parcel> collect() {
    List<Parcel> parcels = new ArrayList<>();
    for (Person person : devices) {
      person.watch();
      for (VerificationMessage message : person.verifications.messages()) {
        switch (message) {
          case VerificationMessage.ToRoom room ->
              parcels.add(
                  new Parcel(
                      person,
                      person.user,
                      "",
                      room.room(),
                      room.id(),
                      room.type(),
                      room.content()));
          case VerificationMessage.ToDevices to ->
              to.contents()
                  .forEach(
                      (device, content) ->
                          parcels.add(
                              new Parcel(person, to.user(), device, null, "", to.type(), content)));
        }
      }
    }
    return parcels;
  }

  void pass(Parcel given) {
    Parcel parcel =
        new Parcel(
            given.from,
            given.to,
            given.device,
            given.room,
            given.id,
            given.type,
            given.content.deepCopy());
    tampering.accept(parcel);
    sent.add(parcel);
    if (lost.test(parcel)) {
      return;
    }
    if (parcel.room != null) {
      passToRoom(parcel, parcel.room);
      return;
    }
    for (Person person : List.copyOf(devices)) {
      boolean meant = parcel.device.equals("*") || parcel.device.equals(person.device.value());
      if (person.user.equals(parcel.to) && meant) {
        person.verifications.receive(
            parcel.from.user, null, parcel.type, parcel.content.deepCopy());
        person.watch();
      }
    }
  }

  private void passToRoom(Parcel parcel, RoomId room) {
    TimelineEvent event = event(room, parcel.from, parcel.type, parcel.content);
    if (!answersAreLost) {
      parcel.from.verifications.sent(parcel.id, event.id());
    }
    List.copyOf(devices).forEach(each -> each.hear(event));
  }

  /// A new event of a room by a device that encrypts.
  TimelineEvent event(RoomId room, Person from, String type, ObjectNode content) {
    lastEvent++;
    EventId id = new EventId("$event" + lastEvent);
    return new TimelineEvent(room, id, from.user, from.device, now, type, content.deepCopy());
  }

  /// What kinds of messages were sent by a device, in order.
  List<String> kindsBy(Person person) {
    return sent.stream().filter(each -> each.from.equals(person)).map(Parcel::kind).toList();
  }

  /// The last message of a kind that was sent.
  ObjectNode last(String kind) {
    return sent.stream()
        .filter(each -> each.kind().equals(kind))
        .reduce((_, last) -> last)
        .orElseThrow()
        .content;
  }

  static ObjectNode object(String json) {
    return Json.parseObject(json);
  }

  @Override
  public void close() {
    devices.forEach(Person::close);
  }
}
