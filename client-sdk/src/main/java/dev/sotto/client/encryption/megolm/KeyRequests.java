package dev.sotto.client.encryption.megolm;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.device.OwnAccount;
import dev.sotto.client.encryption.identity.DeviceTrust;
import dev.sotto.client.encryption.olm.OlmChannel;
import dev.sotto.client.encryption.olm.OlmEvent;
import dev.sotto.client.encryption.olm.ToDeviceQueue;
import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.memory.Recent;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Asks the user's other devices for keys that are missing, and gives them keys that they miss.
/// Both only with devices that are verified. Not for several threads.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#key-requests
final class KeyRequests {
  private static final String TYPE = "m.room_key_request";
  private static final String ASKED = "room_keys";
  private static final String WANTED = "keys_wanted";
  private static final int MOST_ASKED = 200;

  /// Whoever makes up messages of unknown sessions in one room does not keep others from being
  /// asked for.
  private static final int MOST_OF_ROOM = 50;

  private static final int MOST_WANTED = 200;
  private static final int MOST_IN_VAIN = 1000;
  private static final int MAX_ID_LENGTH = 255;

  /// How long is waited for somebody: for an answer, or for a device that cannot be reached.
  private static final Duration PATIENCE = Duration.ofDays(1);

  private final CryptoStore store;
  private final OwnAccount account;
  private final OlmChannel channel;
  private final ToDeviceQueue queue;
  private final InboundSessions sessions;
  private final Function<UserId, Collection<Device>> devices;
  private final Function<Device, DeviceTrust> trust;
  private final InstantSource clock;
  private final RequestIds ids;
  private final Map<SessionName, Asked> asked = new LinkedHashMap<>();
  private final Map<String, Wanted> wanted = new LinkedHashMap<>();
  private final Recent<SessionName, Boolean> inVain = new Recent<>(MOST_IN_VAIN);

  /// A session that was asked for.
  private record Asked(String id, List<String> devices, long at) {}

  /// A session that another device asks for.
  private record Wanted(String device, String id, String session, long at) {
    String name() {
      return device + " " + id;
    }
  }

  KeyRequests(
      CryptoStore store,
      OwnAccount account,
      OlmChannel channel,
      ToDeviceQueue queue,
      InboundSessions sessions,
      Function<UserId, Collection<Device>> devices,
      Function<Device, DeviceTrust> trust,
      InstantSource clock,
      RequestIds ids) {
    this.store = store;
    this.account = account;
    this.channel = channel;
    this.queue = queue;
    this.sessions = sessions;
    this.devices = devices;
    this.trust = trust;
    this.clock = clock;
    this.ids = ids;
    store
        .group(Shelf.REQUESTS, ASKED)
        .forEach(
            (name, json) ->
                asked.put(SessionName.of(name), Json.bind(Json.parse(json), Asked.class)));
    store
        .group(Shelf.REQUESTS, WANTED)
        .forEach((name, json) -> wanted.put(name, Json.bind(Json.parse(json), Wanted.class)));
  }

  /// Asks for a session, unless that was done already or there is nobody to ask.
  ///
  /// @param senderKey what the event says of the device that sent it, which others may want to hear
  void want(SessionName session, Optional<String> senderKey) {
    if (asked.containsKey(session) || inVain.get(session) != null || !hasPlace(session)) {
      return;
    }
    List<String> others = verifiedDevices().stream().map(device -> device.id().value()).toList();
    if (others.isEmpty()) {
      inVain.put(session, true);
      return;
    }
    Asked request = new Asked(ids.next(), others, clock.millis());
    ObjectNode content = content("request", request);
    ObjectNode body = content.putObject("body");
    body.put("algorithm", Fields.ALGORITHM);
    body.put("room_id", session.room().value());
    body.put("session_id", session.sessionId());
    senderKey.ifPresent(key -> body.put("sender_key", key));
    send(request, content);
    store.apply(
        List.of(new Change.Put(Shelf.REQUESTS, ASKED, session.toString(), Json.bytes(request))));
    asked.put(session, request);
  }

  /// Makes place by giving up what nobody answered for long.
  private boolean hasPlace(SessionName session) {
    List<SessionName> ofRoom =
        asked.keySet().stream().filter(other -> other.room().equals(session.room())).toList();
    if (ofRoom.size() < MOST_OF_ROOM && asked.size() < MOST_ASKED) {
      return true;
    }
    boolean fullRoom = ofRoom.size() >= MOST_OF_ROOM;
    Optional<SessionName> old =
        asked.entrySet().stream()
            .filter(entry -> !fullRoom || entry.getKey().room().equals(session.room()))
            .filter(entry -> isOver(entry.getValue().at))
            .map(Map.Entry::getKey)
            .findFirst();
    old.ifPresent(this::cancel);
    return old.isPresent();
  }

  private boolean isOver(long since) {
    return clock.instant().isAfter(Instant.ofEpochMilli(since).plus(PATIENCE));
  }

  private List<Device> verifiedDevices() {
    return devices.apply(account.user()).stream().filter(this::isVerifiedOther).toList();
  }

  private boolean isVerifiedOther(Device device) {
    return device.user().equals(account.user())
        && !device.id().equals(account.device())
        && trust.apply(device) == DeviceTrust.VERIFIED;
  }

  private ObjectNode content(String action, Asked request) {
    return Json.object()
        .put("action", action)
        .put("requesting_device_id", account.device().value())
        .put("request_id", request.id);
  }

  private void send(Asked request, ObjectNode content) {
    Map<String, ObjectNode> messages = new LinkedHashMap<>();
    request.devices.forEach(device -> messages.put(device, content));
    queue.add(TYPE, Map.of(account.user(), messages));
  }

  /// A key came, from wherever: nobody needs to send it any more.
  void arrived(SessionName session) {
    inVain.remove(session);
    cancel(session);
  }

  private void cancel(SessionName session) {
    Asked request = asked.get(session);
    if (request != null) {
      send(request, content("request_cancellation", request));
      store.apply(List.of(new Change.Delete(Shelf.REQUESTS, ASKED, session.toString())));
      asked.remove(session);
    }
  }

  /// Hears whose devices were heard of anew: there may be somebody to ask now.
  void devicesChanged(Collection<UserId> users) {
    if (users.contains(account.user())) {
      inVain.clear();
    }
  }

  /// Hears `m.forwarded_room_key`.
  void heardForwarded(OlmEvent event) {
    Optional<ExportedKey> key = ExportedKey.ofForwarded(event.content());
    boolean trusted = event.device().map(this::isVerifiedOther).orElse(false);
    if (trusted && key.isPresent() && asked.containsKey(key.get().name())) {
      sessions.importKey(key.get(), KeyOrigin.FORWARDED);
    }
  }

  /// Hears the content of `m.room_key_request`. It is not encrypted, so the server may have made it
  /// up; but what it gets is encrypted to a device that is verified.
  void heard(UserId sender, ObjectNode content) {
    Optional<DeviceId> device = Fields.device(content, "requesting_device_id");
    Optional<String> id =
        Fields.text(content, "request_id").filter(text -> text.length() <= MAX_ID_LENGTH);
    if (!sender.equals(account.user()) || device.isEmpty() || id.isEmpty()) {
      return;
    }
    switch (Fields.text(content, "action").orElse("")) {
      case "request" -> wanted(device.get(), id.get(), content.path("body"));
      case "request_cancellation" -> settled(device.get() + " " + id.get());
      default -> {}
    }
  }

  private void wanted(DeviceId device, String id, JsonNode body) {
    Optional<SessionName> session = Fields.sessionName(body);
    if (!Fields.isMegolm(body) || session.isEmpty() || sessions.find(session.get()).isEmpty()) {
      return;
    }
    Wanted request = new Wanted(device.value(), id, session.get().toString(), clock.millis());
    if (wanted.size() < MOST_WANTED && verified(device) != null) {
      store.apply(
          List.of(new Change.Put(Shelf.REQUESTS, WANTED, request.name(), Json.bytes(request))));
      wanted.put(request.name(), request);
      serve();
    }
  }

  private @Nullable Device verified(DeviceId id) {
    return verifiedDevices().stream()
        .filter(device -> device.id().equals(id))
        .findFirst()
        .orElse(null);
  }

  private void settled(String name) {
    if (wanted.containsKey(name)) {
      store.apply(List.of(new Change.Delete(Shelf.REQUESTS, WANTED, name)));
      wanted.remove(name);
    }
  }

  /// Gives the keys that were asked for to those devices that can be reached now.
  void serve() {
    for (Wanted request : new ArrayList<>(wanted.values())) {
      Device device = verified(new DeviceId(request.device));
      Optional<InboundSession> session = sessions.find(SessionName.of(request.session));
      boolean possible = device != null && session.isPresent() && !isOver(request.at);
      if (device == null || !possible || give(device, session.get())) {
        settled(request.name());
      }
    }
  }

  private boolean give(Device device, InboundSession session) {
    channel.want(List.of(device));
    Optional<ObjectNode> encrypted =
        channel.encrypt(device, "m.forwarded_room_key", session.export().forwarded());
    encrypted.ifPresent(
        content ->
            queue.add(
                OlmChannel.ENCRYPTED, Map.of(device.user(), Map.of(device.id().value(), content))));
    return encrypted.isPresent();
  }
}
