package dev.sotto.client.encryption.secrets;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.device.DeviceTracking;
import dev.sotto.client.encryption.device.OwnAccount;
import dev.sotto.client.encryption.olm.OlmChannel;
import dev.sotto.client.encryption.olm.OlmEvent;
import dev.sotto.client.encryption.olm.ToDeviceQueue;
import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.memory.SecretText;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Gives secrets to other devices of the same user, and asks them for some. Only devices that are
/// verified get any, or are believed. Not for several threads.
///
/// Requests are not encrypted, so a server can make them up, but the answer is encrypted to the
/// device that they name. One that cannot be answered yet, since the device is not verified or
/// there is no session with it, waits some minutes, in memory only: whoever asked may ask again.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#sharing
public final class SecretSharing {
  /// The type of a request, in the clear.
  public static final String REQUEST = "m.secret.request";

  /// The type of an answer, which is encrypted.
  public static final String SEND = "m.secret.send";

  private static final String GROUP = "secret_requests";
  private static final String REQUEST_ID = "request_id";
  private static final int MAX_TEXT_LENGTH = 255;
  private static final int MAX_SECRET_LENGTH = 1 << 16;
  private static final int MAX_WAITING = 100;
  private static final int MAX_ANSWERED = 1000;
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final CryptoStore store;
  private final OwnAccount account;
  private final DeviceTracking devices;
  private final OlmChannel channel;
  private final ToDeviceQueue queue;
  private final RequestIds ids;
  private final InstantSource clock;
  private final Predicate<Device> verified;
  private final SecretKeeper keeper;
  private final Map<SecretName, Asked> asked = new HashMap<>();
  private final Map<Asking, Waiting> waiting = new LinkedHashMap<>();

  // A request is answered once: else a server could repeat it for ever.
  private final Set<Asking> answered = new LinkedHashSet<>();

  /// A request of ours.
  ///
  /// @param devices those that were asked
  private record Asked(String id, Set<String> devices) {}

  /// A request of another device.
  private record Asking(String device, String id) {}

  private record Waiting(SecretName name, Instant since) {}

  /// @param verified whether a device may have secrets; asked only of the user's own devices
  public SecretSharing(
      CryptoStore store,
      OwnAccount account,
      DeviceTracking devices,
      OlmChannel channel,
      ToDeviceQueue queue,
      RequestIds ids,
      InstantSource clock,
      Predicate<Device> verified,
      SecretKeeper keeper) {
    this.store = store;
    this.account = account;
    this.devices = devices;
    this.channel = channel;
    this.queue = queue;
    this.ids = ids;
    this.clock = clock;
    this.verified = verified;
    this.keeper = keeper;
    store
        .group(Shelf.REQUESTS, GROUP)
        .forEach(
            (name, json) ->
                asked.put(new SecretName(name), Json.bind(Json.parse(json), Asked.class)));
  }

  /// Asks all verified devices of one's own for a secret, in place of an earlier request for it.
  ///
  /// @return how many were asked
  public int request(SecretName name) {
    cancel(name);
    Set<String> others = new HashSet<>();
    for (Device device : devices.devices(account.user()).values()) {
      if (!device.id().equals(account.device()) && verified.test(device)) {
        others.add(device.id().value());
      }
    }
    if (others.isEmpty()) {
      return 0;
    }
    Asked request = new Asked(ids.next(), others);
    store.apply(List.of(new Change.Put(Shelf.REQUESTS, GROUP, name.value(), Json.bytes(request))));
    asked.put(name, request);
    send(others, content("request", request.id).put("name", name.value()));
    return others.size();
  }

  /// Takes a request back, if there is one.
  public void cancel(SecretName name) {
    Asked request = asked.remove(name);
    if (request != null) {
      store.apply(List.of(new Change.Delete(Shelf.REQUESTS, GROUP, name.value())));
      send(request.devices, content("request_cancellation", request.id));
    }
  }

  private ObjectNode content(String action, String id) {
    return Json.object()
        .put("action", action)
        .put("requesting_device_id", account.device().value())
        .put(REQUEST_ID, id);
  }

  private void send(Set<String> others, ObjectNode content) {
    Map<String, ObjectNode> messages = new HashMap<>();
    others.forEach(device -> messages.put(device, content));
    queue.add(REQUEST, Map.of(account.user(), messages));
  }

  /// Hears an `m.secret.request`. Those of other users and of this device are passed over.
  public void requested(UserId sender, JsonNode content) {
    Optional<String> device = text(content, "requesting_device_id");
    Optional<String> id = text(content, REQUEST_ID);
    if (!sender.equals(account.user()) || device.isEmpty() || id.isEmpty()) {
      return;
    }
    Asking asking = new Asking(device.get(), id.get());
    switch (content.path("action").asString("")) {
      case "request" ->
          text(content, "name").ifPresent(name -> requested(asking, new SecretName(name)));
      case "request_cancellation" -> waiting.remove(asking);
      default -> {
        // Of an action that nobody knows yet, nothing follows.
      }
    }
  }

  private static Optional<String> text(JsonNode content, String name) {
    return Optional.ofNullable(content.path(name).stringValue(null))
        .filter(text -> !text.isEmpty() && text.length() <= MAX_TEXT_LENGTH);
  }

  private void requested(Asking asking, SecretName name) {
    if (!asking.device.equals(account.device().value())
        && !answered.contains(asking)
        && waiting.size() < MAX_WAITING) {
      waiting.put(asking, new Waiting(name, clock.instant()));
      settle();
    }
  }

  /// Answers what waited for a device to be verified or for a session with it. To be called when
  /// there is news of either.
  public void settle() {
    Iterator<Map.Entry<Asking, Waiting>> requests = waiting.entrySet().iterator();
    while (requests.hasNext()) {
      Map.Entry<Asking, Waiting> request = requests.next();
      boolean expired = clock.instant().isAfter(request.getValue().since.plus(PATIENCE));
      if (expired || settle(request.getKey(), request.getValue().name)) {
        requests.remove();
      }
    }
  }

  /// @return whether nothing more is to be done
  private boolean settle(Asking asking, SecretName name) {
    Optional<Device> device =
        devices.devices(account.user()).values().stream()
            .filter(own -> own.id().value().equals(asking.device) && verified.test(own))
            .findFirst();
    if (device.isEmpty()) {
      return false;
    }
    if (!channel.hasSession(device.get())) {
      channel.want(List.of(device.get()));
      return false;
    }
    Optional<SecretText> secret = keeper.secret(name);
    if (secret.isPresent()) {
      try (SecretText text = secret.get()) {
        ObjectNode content = Json.object().put(REQUEST_ID, asking.id).put("secret", text.text());
        channel
            .encrypt(device.get(), SEND, content)
            .ifPresent(
                encrypted ->
                    queue.add(
                        OlmChannel.ENCRYPTED,
                        Map.of(account.user(), Map.of(asking.device, encrypted))));
      }
    }
    answered.add(asking);
    if (answered.size() > MAX_ANSWERED) {
      answered.remove(answered.iterator().next());
    }
    return true;
  }

  /// Hears an `m.secret.send`. If it is from a device that was asked, is verified still and has
  /// sent something of use, the others need not answer any more.
  ///
  /// @return the secret that the keeper has taken, if it has
  public Optional<SecretName> received(OlmEvent event) {
    Device device = event.device().orElse(null);
    String id = event.content().path(REQUEST_ID).stringValue(null);
    String secret = event.content().path("secret").stringValue(null);
    if (!event.type().equals(SEND)
        || !event.sender().equals(account.user())
        || device == null
        || id == null
        || secret == null
        || secret.length() > MAX_SECRET_LENGTH
        || !device.user().equals(account.user())) {
      return Optional.empty();
    }
    for (Map.Entry<SecretName, Asked> entry : asked.entrySet()) {
      if (entry.getValue().id.equals(id)) {
        boolean taken =
            entry.getValue().devices.contains(device.id().value())
                && verified.test(device)
                && take(entry.getKey(), secret);
        return taken ? Optional.of(finish(entry.getKey(), device)) : Optional.empty();
      }
    }
    return Optional.empty();
  }

  private boolean take(SecretName name, String secret) {
    try (SecretText text = SecretText.of(secret)) {
      return keeper.take(name, text);
    }
  }

  private SecretName finish(SecretName name, Device giver) {
    Asked request = asked.remove(name);
    store.apply(List.of(new Change.Delete(Shelf.REQUESTS, GROUP, name.value())));
    if (request != null) {
      Set<String> others = new HashSet<>(request.devices);
      others.remove(giver.id().value());
      send(others, content("request_cancellation", request.id));
    }
    return name;
  }
}
