package dev.sotto.client.encryption.olm;

import dev.sotto.client.encryption.request.OutgoingRequest.ToDevice;
import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Messages to devices that the server has not confirmed: kept until it has, in their order, so
/// that what was encrypted arrives though the process ends in between. Not for several threads.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#send-to-device-messaging
public final class ToDeviceQueue {
  private static final String GROUP = "to_device";

  /// An encrypted room key takes some 3 kB, and proxies often refuse bodies of more than a
  /// megabyte.
  private static final int MAX_MESSAGES_OF_REQUEST = 100;

  /// How many parts of a request are refused before the rest of it is given up, if the server has
  /// taken none: it would refuse each message by itself. As many show one message to be the cause.
  private static final int MAX_REFUSED_PARTS = 16;

  /// As it stands in the store.
  ///
  /// @param room whose key it is, if it is one
  private record Kept(long number, String type, ObjectNode messages, @Nullable String room) {
    Optional<RoomId> keyOf() {
      return Optional.ofNullable(room).map(RoomId::new);
    }
  }

  private record Waiting(ToDevice request, Kept kept, Whole whole) {}

  /// A message to one device.
  private record Single(String user, String device, JsonNode content) {
    static List<Single> of(Kept kept) {
      List<Single> all = new ArrayList<>();
      kept.messages.forEachEntry(
          (user, devices) ->
              devices.forEachEntry(
                  (device, content) -> all.add(new Single(user, device, content))));
      return all;
    }
  }

  /// What the parts know of each other that a request was split into.
  private static final class Whole {
    private int refused;
    private boolean taken;

    /// Whether it looks as if the server would take nothing of it.
    boolean isDoubtful() {
      return refused > 0 && !taken;
    }

    boolean isHopeless() {
      return refused >= MAX_REFUSED_PARTS && !taken;
    }
  }

  /// A room's key that a device does not get, since the server does not take the message.
  ///
  /// @param device its id
  public record Refused(RoomId room, UserId user, String device) {}

  private final CryptoStore store;
  private final RequestIds ids;
  private final Map<String, Waiting> waiting = new LinkedHashMap<>();
  private long lastNumber;

  public ToDeviceQueue(CryptoStore store, RequestIds ids) {
    this.store = store;
    this.ids = ids;
    Map<String, Kept> kept = new LinkedHashMap<>();
    store
        .group(Shelf.REQUESTS, GROUP)
        .forEach((id, json) -> kept.put(id, Json.bind(Json.parse(json), Kept.class)));
    kept.entrySet().stream()
        .sorted(Comparator.comparingLong(entry -> entry.getValue().number))
        .forEach(
            entry -> {
              Kept request = entry.getValue();
              lastNumber = request.number;
              waiting.put(entry.getKey(), waiting(entry.getKey(), request, new Whole()));
            });
  }

  /// Adds messages, by user and device id (or `*` for all devices of the user). They become as many
  /// requests as their number asks for.
  ///
  /// @param type of the events, in the clear: `m.room.encrypted` for what is encrypted
  public void add(String type, Map<UserId, Map<String, ObjectNode>> messages) {
    add(type, messages, null);
  }

  /// Adds messages that give a room's key.
  public void addKeys(RoomId room, String type, Map<UserId, Map<String, ObjectNode>> messages) {
    add(type, messages, room.value());
  }

  private void add(
      String type, Map<UserId, Map<String, ObjectNode>> messages, @Nullable String room) {
    List<Change> changes = new ArrayList<>();
    ObjectNode body = Json.object();
    int count = 0;
    for (Map.Entry<UserId, Map<String, ObjectNode>> user : messages.entrySet()) {
      for (Map.Entry<String, ObjectNode> device : user.getValue().entrySet()) {
        if (count == MAX_MESSAGES_OF_REQUEST) {
          changes.add(add(type, body, room, new Whole()));
          body = Json.object();
          count = 0;
        }
        body.withObjectProperty(user.getKey().value()).set(device.getKey(), device.getValue());
        count++;
      }
    }
    if (count > 0) {
      changes.add(add(type, body, room, new Whole()));
    }
    if (!changes.isEmpty()) {
      store.apply(changes);
    }
  }

  private Change add(String type, ObjectNode messages, @Nullable String room, Whole whole) {
    String id = ids.next();
    lastNumber++;
    Kept kept = new Kept(lastNumber, type, messages, room);
    waiting.put(id, waiting(id, kept, whole));
    return new Change.Put(Shelf.REQUESTS, GROUP, id, Json.bytes(kept));
  }

  private static Waiting waiting(String id, Kept kept, Whole whole) {
    ObjectNode body = Json.object();
    body.set("messages", kept.messages);
    return new Waiting(new ToDevice(id, kept.type, body), kept, whole);
  }

  /// What is to be sent, the oldest first; but only the latest part of what was refused so far,
  /// which is the smallest: it shows whether the server takes any.
  public List<ToDevice> pending() {
    Map<Object, ToDevice> requests = new LinkedHashMap<>();
    for (Waiting one : waiting.values()) {
      requests.put(one.whole.isDoubtful() ? one.whole : one.request.id(), one.request);
    }
    return List.copyOf(requests.values());
  }

  /// The ids of what is to be sent.
  public Set<String> ids() {
    return Set.copyOf(waiting.keySet());
  }

  /// Whether a key of this room is to be sent, be it one that an earlier process left.
  public boolean hasKeyOf(RoomId room) {
    return waiting.values().stream().anyMatch(one -> room.value().equals(one.kept.room));
  }

  /// The server has it.
  public void sent(ToDevice request) {
    Waiting found = waiting.get(request.id());
    if (found != null) {
      found.whole.taken = true;
      store.apply(List.of(remove(found)));
    }
  }

  /// The server does not take it. If it is to several devices it is tried in halves, so that none
  /// goes without for another's sake; else it is given up, and with it all of what it was a part of
  /// if the server seems to take nothing of that.
  ///
  /// @return what is given up of keys
  public List<Refused> refused(ToDevice request) {
    Waiting found = waiting.get(request.id());
    if (found == null) {
      return List.of();
    }
    found.whole.refused++;
    if (found.whole.isHopeless()) {
      return giveUp(
          waiting.values().stream().filter(part -> part.whole.equals(found.whole)).toList());
    }
    List<Single> singles = Single.of(found.kept);
    if (singles.size() == 1) {
      return giveUp(List.of(found));
    }
    List<Change> changes = new ArrayList<>();
    changes.add(remove(found));
    int middle = (singles.size() + 1) / 2;
    for (List<Single> half :
        List.of(singles.subList(0, middle), singles.subList(middle, singles.size()))) {
      ObjectNode messages = Json.object();
      half.forEach(one -> messages.withObjectProperty(one.user).set(one.device, one.content));
      changes.add(add(found.kept.type, messages, found.kept.room, found.whole));
    }
    store.apply(changes);
    return List.of();
  }

  private List<Refused> giveUp(List<Waiting> requests) {
    List<Refused> keys = new ArrayList<>();
    for (Waiting request : requests) {
      request
          .kept
          .keyOf()
          .ifPresent(
              room ->
                  Single.of(request.kept)
                      .forEach(
                          one -> keys.add(new Refused(room, new UserId(one.user), one.device))));
    }
    store.apply(requests.stream().map(this::remove).toList());
    return keys;
  }

  private Change remove(Waiting request) {
    waiting.remove(request.request.id());
    return new Change.Delete(Shelf.REQUESTS, GROUP, request.request.id());
  }
}
