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

  /// As it stands in the store.
  ///
  /// @param room whose key it is, if it is one
  private record Kept(long number, String type, ObjectNode messages, @Nullable String room) {
    Optional<RoomId> keyOf() {
      return Optional.ofNullable(room).map(RoomId::new);
    }
  }

  private record Waiting(ToDevice request, Kept kept) {}

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
              waiting.put(entry.getKey(), waiting(entry.getKey(), request));
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
          changes.add(add(type, body, room));
          body = Json.object();
          count = 0;
        }
        body.withObjectProperty(user.getKey().value()).set(device.getKey(), device.getValue());
        count++;
      }
    }
    if (count > 0) {
      changes.add(add(type, body, room));
    }
    if (!changes.isEmpty()) {
      store.apply(changes);
    }
  }

  private Change add(String type, ObjectNode messages, @Nullable String room) {
    String id = ids.next();
    lastNumber++;
    Kept kept = new Kept(lastNumber, type, messages, room);
    waiting.put(id, waiting(id, kept));
    return new Change.Put(Shelf.REQUESTS, GROUP, id, Json.bytes(kept));
  }

  private static Waiting waiting(String id, Kept kept) {
    ObjectNode body = Json.object();
    body.set("messages", kept.messages);
    return new Waiting(new ToDevice(id, kept.type, body), kept);
  }

  /// What is to be sent, the oldest first.
  public List<ToDevice> pending() {
    return waiting.values().stream().map(Waiting::request).toList();
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
    if (waiting.remove(request.id()) != null) {
      store.apply(List.of(new Change.Delete(Shelf.REQUESTS, GROUP, request.id())));
    }
  }

  /// The server does not take it. If it is to several devices it is tried in halves, so that none
  /// goes without for another's sake; else it is given up.
  ///
  /// @return what is given up, if that is a key
  public Optional<Refused> refused(ToDevice request) {
    Waiting found = waiting.remove(request.id());
    if (found == null) {
      return Optional.empty();
    }
    List<Refused> to = new ArrayList<>();
    List<ObjectNode> halves = List.of(Json.object(), Json.object());
    ObjectNode messages = found.kept.messages;
    int count = messages.valueStream().mapToInt(JsonNode::size).sum();
    int done = 0;
    for (Map.Entry<String, JsonNode> user : messages.properties()) {
      for (Map.Entry<String, JsonNode> device : user.getValue().properties()) {
        ObjectNode half = halves.get(2 * done < count ? 0 : 1);
        half.withObjectProperty(user.getKey()).set(device.getKey(), device.getValue());
        found
            .kept
            .keyOf()
            .ifPresent(
                room -> to.add(new Refused(room, new UserId(user.getKey()), device.getKey())));
        done++;
      }
    }
    List<Change> changes = new ArrayList<>();
    changes.add(new Change.Delete(Shelf.REQUESTS, GROUP, request.id()));
    if (count > 1) {
      halves.forEach(half -> changes.add(add(found.kept.type, half, found.kept.room)));
    }
    store.apply(changes);
    return count > 1 ? Optional.empty() : to.stream().findFirst();
  }
}
