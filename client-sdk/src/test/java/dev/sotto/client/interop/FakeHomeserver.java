package dev.sotto.client.interop;

import dev.sotto.client.encryption.request.OutgoingRequest;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A homeserver in memory, of nothing but what encryption needs, for machines of any make.
final class FakeHomeserver {
  /// A device as the server addresses it.
  record Endpoint(UserId user, DeviceId device) {}

  /// What waits for a device's next sync.
  private static final class Inbox {
    final List<ObjectNode> toDevice = new ArrayList<>();
    final Set<UserId> changed = new TreeSet<>();
    final Set<UserId> left = new TreeSet<>();
    final Map<RoomId, List<ObjectNode>> states = new LinkedHashMap<>();
    final Map<RoomId, List<ObjectNode>> timelines = new LinkedHashMap<>();
    final Map<RoomId, ObjectNode> leaves = new LinkedHashMap<>();
  }

  private final Map<Endpoint, Inbox> inboxes = new LinkedHashMap<>();
  private final Set<String> transactions = new HashSet<>();
  private final Map<UserId, Map<String, ObjectNode>> accountData = new HashMap<>();
  private final Map<UserId, ObjectNode> dehydrated = new HashMap<>();
  private final Map<String, byte[]> media = new HashMap<>();
  private long syncs;

  final FakeKeys keys = new FakeKeys();
  final FakeRooms rooms = new FakeRooms();
  final FakeBackups backups = new FakeBackups();

  /// Logs a device in.
  void register(Endpoint endpoint) {
    Inbox first = new Inbox();
    for (RoomId room : rooms.of(endpoint.user())) {
      first.states.put(room, rooms.state(room));
    }
    inboxes.put(endpoint, first);
  }

  /// Logs a device out.
  void logOut(Endpoint endpoint) {
    inboxes.remove(endpoint);
    keys.remove(endpoint);
    announce(endpoint.user());
  }

  /// Makes a room of these members.
  RoomId room(boolean encrypted, UserId... members) {
    RoomId room = rooms.create(encrypted);
    for (UserId member : members) {
      join(room, member);
    }
    return room;
  }

  void join(RoomId room, UserId user) {
    Set<UserId> before = rooms.neighbours(user);
    ObjectNode event = rooms.join(room, user);
    inboxes(user).forEach(inbox -> inbox.states.put(room, rooms.state(room)));
    tell(room, event);
    for (UserId other : rooms.neighbours(user)) {
      if (!before.contains(other)) {
        inboxes(user).forEach(inbox -> inbox.changed.add(other));
        inboxes(other).forEach(inbox -> inbox.changed.add(user));
      }
    }
  }

  void leave(RoomId room, UserId user) {
    Set<UserId> before = rooms.neighbours(user);
    ObjectNode event = rooms.leave(room, user);
    inboxes(user).forEach(inbox -> inbox.leaves.put(room, event));
    tell(room, event);
    before.removeAll(rooms.neighbours(user));
    for (UserId other : before) {
      inboxes(user).forEach(inbox -> inbox.left.add(other));
      inboxes(other).forEach(inbox -> inbox.left.add(user));
    }
  }

  private Inbox inbox(Endpoint of) {
    Inbox inbox = inboxes.get(of);
    if (inbox == null) {
      throw new IllegalStateException(of + " is not logged in");
    }
    return inbox;
  }

  private List<Inbox> inboxes(UserId user) {
    return inboxes.entrySet().stream()
        .filter(entry -> entry.getKey().user().equals(user))
        .map(Map.Entry::getValue)
        .toList();
  }

  private void announce(UserId user) {
    inboxes(user).forEach(inbox -> inbox.changed.add(user));
    for (UserId other : rooms.neighbours(user)) {
      inboxes(other).forEach(inbox -> inbox.changed.add(user));
    }
  }

  /// Why a request of a machine is refused, if it is.
  Optional<String> refusal(Endpoint from, OutgoingRequest request) {
    return switch (request) {
      case OutgoingRequest.BackupVersionQuery _ when !backups.has(from.user()) ->
          Optional.of("M_NOT_FOUND");
      case OutgoingRequest.BackupKeyQuery query
          when !backups.hasKey(from.user(), query.room().value(), query.sessionId()) ->
          Optional.of("M_NOT_FOUND");
      case OutgoingRequest.BackupKeys keys when !backups.has(from.user(), keys.version()) ->
          Optional.of("M_WRONG_ROOM_KEYS_VERSION");
      default -> Optional.empty();
    };
  }

  /// Answers a request of a machine.
  ObjectNode answer(Endpoint from, OutgoingRequest request) {
    return switch (request) {
      case OutgoingRequest.KeysUpload upload -> {
        if (keys.upload(from, upload.body())) {
          announce(from.user());
        }
        ObjectNode answer = Json.object();
        answer.set("one_time_key_counts", keys.counts(from));
        yield answer;
      }
      case OutgoingRequest.KeysQuery query -> keys.query(from.user(), query.body());
      case OutgoingRequest.KeysClaim claim -> keys.claim(claim.body());
      case OutgoingRequest.ToDevice message -> {
        if (transactions.add(from + message.id())) {
          message
              .body()
              .path("messages")
              .forEachEntry(
                  (user, devices) ->
                      devices.forEachEntry(
                          (device, content) ->
                              post(from, new UserId(user), device, message.eventType(), content)));
        }
        yield Json.object();
      }
      case OutgoingRequest.CrossSigningUpload upload -> {
        keys.uploadIdentity(from.user(), upload.body());
        announce(from.user());
        yield Json.object();
      }
      case OutgoingRequest.SignaturesUpload upload -> {
        keys.sign(from.user(), upload.body()).stream()
            // What others think of somebody is told to their signer alone.
            .map(user -> user.equals(from.user()) ? user : from.user())
            .distinct()
            .forEach(this::announce);
        upload
            .body()
            .propertyNames()
            .forEach(
                user -> inboxes(from.user()).forEach(inbox -> inbox.changed.add(new UserId(user))));
        ObjectNode answer = Json.object();
        answer.putObject("failures");
        yield answer;
      }
      case OutgoingRequest.BackupVersionQuery _ -> backups.about(from.user());
      case OutgoingRequest.BackupCreate create ->
          Json.object().put("version", backups.create(from.user(), create.body()));
      case OutgoingRequest.BackupKeyQuery query ->
          backups.key(from.user(), query.room().value(), query.sessionId());
      case OutgoingRequest.BackupKeys put -> backups.put(from.user(), put.version(), put.body());
      case OutgoingRequest.RoomMessage message ->
          Json.object()
              .put(
                  "event_id",
                  send(from.user(), message.room(), message.eventType(), message.body())
                      .path("event_id")
                      .stringValue());
    };
  }

  private void post(Endpoint from, UserId user, String device, String type, JsonNode content) {
    ObjectNode event = Json.object().put("sender", from.user().value()).put("type", type);
    event.set("content", content);
    if (device.equals("*")) {
      inboxes(user).forEach(inbox -> inbox.toDevice.add(event.deepCopy()));
      return;
    }
    Inbox inbox = inboxes.get(new Endpoint(user, new DeviceId(device)));
    if (inbox != null) {
      inbox.toDevice.add(event.deepCopy());
    }
  }

  /// What waits for a device and was not fetched yet, to be changed by a test.
  List<ObjectNode> waiting(Endpoint of) {
    return inbox(of).toDevice;
  }

  /// Sends to a room's members, and returns the event.
  ObjectNode send(UserId sender, RoomId room, String type, ObjectNode content) {
    ObjectNode event = rooms.send(sender, room, type, content);
    tell(room, event);
    return event.deepCopy();
  }

  private void tell(RoomId room, ObjectNode event) {
    for (UserId member : rooms.members(room)) {
      inboxes(member)
          .forEach(
              inbox -> inbox.timelines.computeIfAbsent(room, _ -> new ArrayList<>()).add(event));
    }
  }

  /// The account data of a user, by type.
  Map<String, ObjectNode> accountData(UserId user) {
    return accountData.computeIfAbsent(user, _ -> new HashMap<>());
  }

  /// Whether a sync would bring a device anything.
  boolean hasNews(Endpoint of) {
    Inbox inbox = inbox(of);
    return !inbox.toDevice.isEmpty()
        || !inbox.changed.isEmpty()
        || !inbox.left.isEmpty()
        || !inbox.leaves.isEmpty()
        || !inbox.states.isEmpty()
        || !inbox.timelines.isEmpty();
  }

  /// What `/sync` answers a device; each thing is said once.
  ObjectNode sync(Endpoint of) {
    Inbox inbox = inbox(of);
    syncs++;
    ObjectNode sync = Json.object().put("next_batch", "s" + syncs);
    inbox.toDevice.forEach(sync.putObject("to_device").putArray("events")::add);
    ObjectNode lists = sync.putObject("device_lists");
    inbox.changed.stream().map(UserId::value).forEach(lists.putArray("changed")::add);
    inbox.left.stream().map(UserId::value).forEach(lists.putArray("left")::add);
    sync.set("device_one_time_keys_count", keys.counts(of));
    keys.unusedFallback(of).forEach(sync.putArray("device_unused_fallback_key_types")::add);
    addRooms(sync.putObject("rooms"), inbox);
    inboxes.put(of, new Inbox());
    return sync;
  }

  private static void addRooms(ObjectNode rooms, Inbox inbox) {
    ObjectNode joined = rooms.putObject("join");
    Set<RoomId> named = new LinkedHashSet<>(inbox.states.keySet());
    named.addAll(inbox.timelines.keySet());
    for (RoomId room : named) {
      ObjectNode told = joined.putObject(room.value());
      told.putObject("state").putArray("events").addAll(inbox.states.getOrDefault(room, List.of()));
      told.putObject("timeline")
          .put("limited", false)
          .putArray("events")
          .addAll(inbox.timelines.getOrDefault(room, List.of()));
    }
    ObjectNode left = rooms.putObject("leave");
    inbox.leaves.forEach(
        (room, event) ->
            left.putObject(room.value()).putObject("timeline").putArray("events").add(event));
  }

  /// Keeps a file; returns its `mxc` address.
  String upload(byte[] file) {
    String url = "mxc://example.org/file" + media.size();
    media.put(url, file.clone());
    return url;
  }

  /// The file of an address.
  byte[] download(String url) {
    byte[] file = media.get(url);
    if (file == null) {
      throw new IllegalArgumentException("There is no file " + url);
    }
    return file.clone();
  }

  /// `PUT /dehydrated_device`: keeps a device that is to receive for its user while none is there.
  void dehydrate(UserId user, ObjectNode body) {
    Endpoint sleeper = new Endpoint(user, new DeviceId(body.required("device_id").stringValue()));
    register(sleeper);
    keys.upload(sleeper, body);
    dehydrated.put(user, body.deepCopy());
    announce(user);
  }

  /// `GET /dehydrated_device`, as it was put.
  ObjectNode dehydrated(UserId user) {
    ObjectNode body = dehydrated.get(user);
    if (body == null) {
      throw new IllegalStateException(user + " has no dehydrated device");
    }
    return body.deepCopy();
  }

  /// `POST /dehydrated_device/{device}/events`, all of them.
  List<ObjectNode> dehydratedEvents(UserId user) {
    DeviceId device = new DeviceId(dehydrated(user).required("device_id").stringValue());
    return List.copyOf(inbox(new Endpoint(user, device)).toDevice);
  }
}
