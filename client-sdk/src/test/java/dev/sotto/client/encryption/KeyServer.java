package dev.sotto.client.encryption;

import dev.sotto.client.encryption.request.OutgoingRequest;
import dev.sotto.client.encryption.request.OutgoingRequest.CrossSigningUpload;
import dev.sotto.client.encryption.request.OutgoingRequest.KeysClaim;
import dev.sotto.client.encryption.request.OutgoingRequest.KeysQuery;
import dev.sotto.client.encryption.request.OutgoingRequest.KeysUpload;
import dev.sotto.client.encryption.request.OutgoingRequest.SignaturesUpload;
import dev.sotto.client.encryption.request.OutgoingRequest.ToDevice;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a homeserver does with keys and messages to devices, for one user.
public final class KeyServer {
  private final UserId user;

  /// As `/keys/query` answers.
  private final ObjectNode keys = Json.object();

  private final Map<String, ObjectNode> oneTimeKeys = new HashMap<>();
  private final Map<String, List<ObjectNode>> inboxes = new HashMap<>();

  /// How often the keys have changed.
  private int changes;

  public KeyServer(UserId user) {
    this.user = user;
  }

  int changes() {
    return changes;
  }

  int oneTimeKeys(DeviceId device) {
    return oneTimeKeys.getOrDefault(device.value(), Json.object()).size();
  }

  private ObjectNode ofUser(String field) {
    return keys.withObjectProperty(field).withObjectProperty(user.value());
  }

  public ObjectNode answer(DeviceId from, OutgoingRequest request) {
    ObjectNode answer = Json.object();
    switch (request) {
      case KeysUpload upload -> upload(from, upload.body(), answer);
      case KeysQuery _ -> answer.setAll(keys.deepCopy());
      case KeysClaim claim -> claim(claim.body(), answer);
      case CrossSigningUpload upload -> {
        changes++;
        upload
            .body()
            .forEachEntry((field, key) -> ofUser(field + "s").removeAll().setAll((ObjectNode) key));
      }
      case SignaturesUpload upload -> {
        changes++;
        upload.body().path(user.value()).forEachEntry(this::sign);
      }
      case ToDevice message ->
          message
              .body()
              .path("messages")
              .path(user.value())
              .forEachEntry((device, content) -> deliver(message.eventType(), device, content));
      default -> throw new IllegalArgumentException("not a request for keys");
    }
    return answer;
  }

  private void upload(DeviceId from, ObjectNode body, ObjectNode answer) {
    ObjectNode stock = oneTimeKeys.computeIfAbsent(from.value(), _ -> Json.object());
    if (body.get("one_time_keys") instanceof ObjectNode more) {
      stock.setAll(more);
    }
    if (body.get("device_keys") instanceof ObjectNode device) {
      changes++;
      ofUser("device_keys").set(from.value(), device);
    }
    answer.putObject("one_time_key_counts").put("signed_curve25519", stock.size());
  }

  private void claim(ObjectNode body, ObjectNode answer) {
    ObjectNode claimed = answer.putObject("one_time_keys").putObject(user.value());
    for (String device : body.path("one_time_keys").path(user.value()).propertyNames()) {
      ObjectNode stock = oneTimeKeys.getOrDefault(device, Json.object());
      for (String id : List.copyOf(stock.propertyNames()).subList(0, Math.min(1, stock.size()))) {
        claimed.putObject(device).set(id, stock.remove(id));
      }
    }
  }

  /// Adds signatures to a device, or to the master key.
  private void sign(String id, JsonNode signed) {
    ObjectNode device = ofUser("device_keys");
    ObjectNode target = device.get(id) instanceof ObjectNode found ? found : ofUser("master_keys");
    target
        .withObjectProperty("signatures")
        .withObjectProperty(user.value())
        .setAll((ObjectNode) signed.path("signatures").path(user.value()));
  }

  private void deliver(String type, String to, JsonNode content) {
    ObjectNode event = Json.object().put("type", type).put("sender", user.value());
    event.set("content", content.deepCopy());
    inboxes.computeIfAbsent(to, _ -> new ArrayList<>()).add(event);
  }

  /// What came to a device since the last time.
  List<ObjectNode> inbox(DeviceId device) {
    List<ObjectNode> events = inboxes.remove(device.value());
    return events == null ? List.of() : events;
  }
}
