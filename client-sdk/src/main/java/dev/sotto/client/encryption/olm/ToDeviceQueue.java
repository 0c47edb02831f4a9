package dev.sotto.client.encryption.olm;

import dev.sotto.client.encryption.request.OutgoingRequest.ToDevice;
import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  private record Kept(long number, String type, ObjectNode messages) {}

  private final CryptoStore store;
  private final RequestIds ids;
  private final Map<String, ToDevice> waiting = new LinkedHashMap<>();
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
              waiting.put(entry.getKey(), toDevice(entry.getKey(), request));
            });
  }

  /// Adds messages, by user and device id (or `*` for all devices of the user). They become as many
  /// requests as their number asks for.
  ///
  /// @param type of the events, in the clear: `m.room.encrypted` for what is encrypted
  public void add(String type, Map<UserId, Map<String, ObjectNode>> messages) {
    List<Change> changes = new ArrayList<>();
    ObjectNode body = Json.object();
    int count = 0;
    for (Map.Entry<UserId, Map<String, ObjectNode>> user : messages.entrySet()) {
      for (Map.Entry<String, ObjectNode> device : user.getValue().entrySet()) {
        if (count == MAX_MESSAGES_OF_REQUEST) {
          changes.add(add(type, body));
          body = Json.object();
          count = 0;
        }
        body.withObjectProperty(user.getKey().value()).set(device.getKey(), device.getValue());
        count++;
      }
    }
    if (count > 0) {
      changes.add(add(type, body));
    }
    if (!changes.isEmpty()) {
      store.apply(changes);
    }
  }

  private Change add(String type, ObjectNode messages) {
    String id = ids.next();
    lastNumber++;
    Kept kept = new Kept(lastNumber, type, messages);
    waiting.put(id, toDevice(id, kept));
    return new Change.Put(Shelf.REQUESTS, GROUP, id, Json.bytes(kept));
  }

  private static ToDevice toDevice(String id, Kept kept) {
    ObjectNode body = Json.object();
    body.set("messages", kept.messages);
    return new ToDevice(id, kept.type, body);
  }

  /// What is to be sent, the oldest first.
  public List<ToDevice> pending() {
    return List.copyOf(waiting.values());
  }

  /// The ids of what is to be sent.
  public Set<String> ids() {
    return Set.copyOf(waiting.keySet());
  }

  /// The server has it.
  public void sent(ToDevice request) {
    if (waiting.remove(request.id()) != null) {
      store.apply(List.of(new Change.Delete(Shelf.REQUESTS, GROUP, request.id())));
    }
  }
}
