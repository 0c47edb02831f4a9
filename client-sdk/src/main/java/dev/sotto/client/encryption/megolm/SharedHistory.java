package dev.sotto.client.encryption.megolm;

import dev.sotto.client.encryption.attachment.AttachmentException;
import dev.sotto.client.encryption.attachment.EncryptedFile;
import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.device.OwnAccount;
import dev.sotto.client.encryption.identity.DeviceTrust;
import dev.sotto.client.encryption.olm.OlmChannel;
import dev.sotto.client.encryption.olm.OlmEvent;
import dev.sotto.client.encryption.olm.ToDeviceQueue;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Gives those who are invited to a room the keys to its history, where that is for them, and takes
/// such keys up. Not for several threads.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#sharing-keys-between-users
public final class SharedHistory {
  private static final String TYPE = "m.room_key_bundle";
  private static final String BUNDLES = "megolm.bundles";
  private static final String INVITES = "megolm.invites";
  private static final int MOST_BUNDLES = 500;
  private static final int MOST_BUNDLES_OF_USER = 50;
  private static final int MOST_KEYS = 100_000;

  /// How long after a room was joined a bundle is still fetched.
  private static final Duration RECENT = Duration.ofHours(24);

  private final CryptoStore store;
  private final OwnAccount account;
  private final OlmChannel channel;
  private final ToDeviceQueue queue;
  private final EncryptedRooms rooms;
  private final InboundSessions sessions;
  private final WithheldKeys withheld;
  private final Function<UserId, Collection<Device>> devices;
  private final Function<Device, DeviceTrust> trust;
  private final Predicate<Device> blocked;
  private final InstantSource clock;

  /// A bundle that was offered.
  ///
  /// @param senderKey the Curve25519 key of the device that has offered it
  private record Offer(ObjectNode file, String senderKey, long at) {}

  /// Whose invite to a room was accepted.
  private record Invite(String from, long at) {}

  SharedHistory(
      CryptoStore store,
      OwnAccount account,
      OlmChannel channel,
      ToDeviceQueue queue,
      EncryptedRooms rooms,
      InboundSessions sessions,
      WithheldKeys withheld,
      Function<UserId, Collection<Device>> devices,
      Function<Device, DeviceTrust> trust,
      Predicate<Device> blocked,
      InstantSource clock) {
    this.store = store;
    this.account = account;
    this.channel = channel;
    this.queue = queue;
    this.rooms = rooms;
    this.sessions = sessions;
    this.withheld = withheld;
    this.devices = devices;
    this.trust = trust;
    this.blocked = blocked;
    this.clock = clock;
  }

  /// Whether the keys to a room's messages are for those who come later too.
  public boolean isShared(RoomId room) {
    return rooms.settings(room).map(RoomSettings::sharedHistory).orElse(false);
  }

  /// What to leave on the server, encrypted as an attachment is, before somebody is invited. What
  /// the backup has of the room is to be taken up before by who calls this. Empty if there is
  /// nothing to share, or the room's history is not for those who come later.
  public Optional<ObjectNode> bundle(RoomId room) {
    if (!isShared(room)) {
      return Optional.empty();
    }
    ObjectNode bundle = Json.object();
    ArrayNode keys = bundle.putArray("room_keys");
    ArrayNode kept = bundle.putArray("withheld");
    sessions.forEach(
        room,
        session -> {
          if (session.facts().sharedHistory()) {
            keys.add(session.export().historic());
          } else {
            kept.add(notShared(session));
          }
        });
    return keys.isEmpty() ? Optional.empty() : Optional.of(bundle);
  }

  private static ObjectNode notShared(InboundSession session) {
    return Json.object()
        .put("algorithm", Fields.ALGORITHM)
        .put("code", WithheldKeys.HISTORY_NOT_SHARED)
        .put("reason", "The history is not for those who come later.")
        .put("room_id", session.room().value())
        .put("session_id", session.id())
        .put("sender_key", session.facts().senderKey().base64());
  }

  /// Tells the devices of somebody who is about to be invited where the bundle is: those that are
  /// signed by their user, and no others, whatever the policy is.
  ///
  /// @param devices of the invited user
  /// @return Ready once they are told; Waiting, with nothing told to any of them, if it is to be
  ///   called again when claims were answered
  public Sharing share(RoomId room, EncryptedFile file, Collection<Device> devices) {
    Recipients recipients =
        Recipients.of(devices, account, SharingPolicy.SIGNED_DEVICES, trust, blocked);
    if (!recipients.changed().isEmpty()) {
      return new Sharing.OwnersChanged(recipients.changed());
    }
    List<Device> unreached =
        recipients.all().stream().filter(device -> !channel.hasSession(device)).toList();
    channel.want(unreached);
    List<Device> waiting =
        unreached.stream().filter(device -> !channel.isUnreachable(device)).toList();
    if (!waiting.isEmpty()) {
      return new Sharing.Waiting(waiting);
    }
    queue.add(OlmChannel.ENCRYPTED, messages(room, file, recipients.all()));
    List<Sharing.LeftOut> leftOut = new ArrayList<>(recipients.excluded());
    unreached.forEach(device -> leftOut.add(new Sharing.LeftOut(device, WithheldKeys.NO_OLM)));
    return new Sharing.Ready(leftOut);
  }

  private Map<UserId, Map<String, ObjectNode>> messages(
      RoomId room, EncryptedFile file, List<Device> devices) {
    ObjectNode content = Json.object().put("room_id", room.value());
    content.set("file", file.json());
    Map<UserId, Map<String, ObjectNode>> messages = new HashMap<>();
    for (Device device : devices) {
      channel
          .encrypt(device, TYPE, content)
          .ifPresent(
              encrypted ->
                  messages
                      .computeIfAbsent(device.user(), _ -> new HashMap<>())
                      .put(device.id().value(), encrypted));
    }
    return messages;
  }

  /// Hears `m.room_key_bundle`; one that comes without the keys of its device is passed over, as
  /// the specification has it. Whether the device that offers it is its user's is seen when it is
  /// to be fetched: who invites us may be somebody whose devices were never asked for.
  void heard(OlmEvent event) {
    Optional<RoomId> room = Fields.room(event.content(), "room_id");
    Optional<EncryptedFile> file = file(event.content().path("file"));
    if (!event.withDeviceKeys() || room.isEmpty() || file.isEmpty()) {
      return;
    }
    List<Change> changes = new ArrayList<>();
    Map<String, Offer> offers = offers();
    String name = name(room.get(), event.sender());
    String suffix = " " + event.sender();
    // Who offers many drives out their own, and only then the oldest of all.
    dropOldest(offers, changes, other -> other.endsWith(suffix), MOST_BUNDLES_OF_USER);
    dropOldest(offers, changes, _ -> true, MOST_BUNDLES);
    Offer offer = new Offer(file.get().json(), event.senderKey().base64(), clock.millis());
    changes.add(new Change.Put(Shelf.STATE, BUNDLES, name, Json.bytes(offer)));
    store.apply(changes);
  }

  private static Optional<EncryptedFile> file(JsonNode json) {
    try {
      return Optional.of(EncryptedFile.of(json));
    } catch (AttachmentException _) {
      return Optional.empty();
    }
  }

  private static void dropOldest(
      Map<String, Offer> offers, List<Change> changes, Predicate<String> which, int most) {
    List<String> names = new ArrayList<>(offers.keySet().stream().filter(which).toList());
    names.sort(Comparator.comparingLong(name -> offer(offers, name).at));
    for (int i = 0; i <= names.size() - most; i++) {
      offers.remove(names.get(i));
      changes.add(new Change.Delete(Shelf.STATE, BUNDLES, names.get(i)));
    }
  }

  private static Offer offer(Map<String, Offer> offers, String name) {
    return Objects.requireNonNull(offers.get(name));
  }

  private Map<String, Offer> offers() {
    Map<String, Offer> offers = new HashMap<>();
    store
        .group(Shelf.STATE, BUNDLES)
        .forEach((name, json) -> offers.put(name, Json.bind(Json.parse(json), Offer.class)));
    return offers;
  }

  private static String name(RoomId room, UserId from) {
    return room + " " + from;
  }

  /// Hears that a room was joined by accepting an invite, here or on another device of the user.
  ///
  /// @param from who had invited the user
  public void joined(RoomId room, UserId from) {
    List<Change> changes = new ArrayList<>();
    store
        .group(Shelf.STATE, INVITES)
        .forEach(
            (name, json) -> {
              if (!isRecent(Json.bind(Json.parse(json), Invite.class).at)) {
                changes.add(new Change.Delete(Shelf.STATE, INVITES, name));
              }
            });
    Invite invite = new Invite(from.value(), clock.millis());
    changes.add(new Change.Put(Shelf.STATE, INVITES, room.value(), Json.bytes(invite)));
    store.apply(changes);
  }

  private boolean isRecent(long at) {
    return clock.instant().isBefore(Instant.ofEpochMilli(at).plus(RECENT));
  }

  private boolean isOfOwner(Offer offer, UserId from) {
    return devices.apply(from).stream()
        .filter(device -> device.curve25519().base64().equals(offer.senderKey))
        .map(trust)
        .anyMatch(of -> of == DeviceTrust.VERIFIED || of == DeviceTrust.SIGNED);
  }

  /// The bundles that are to be fetched now: of those whose invites were accepted in the last day,
  /// and offered by a device that its user has signed, which may be known later only. They are
  /// named until it is said what became of them, also to a later process.
  public List<HistoryBundle> toFetch() {
    List<HistoryBundle> bundles = new ArrayList<>();
    Map<String, Offer> offers = offers();
    if (offers.isEmpty()) {
      return bundles;
    }
    store
        .group(Shelf.STATE, INVITES)
        .forEach(
            (name, json) -> {
              Invite invite = Json.bind(Json.parse(json), Invite.class);
              RoomId room = new RoomId(name);
              UserId from = new UserId(invite.from);
              Offer offer = offers.get(name(room, from));
              if (offer != null && isRecent(invite.at) && isOfOwner(offer, from)) {
                file(offer.file)
                    .ifPresent(file -> bundles.add(new HistoryBundle(room, from, file)));
              }
            });
    return bundles;
  }

  /// Takes up the keys of a bundle that was fetched: those of its room, and no others.
  ///
  /// @param content the decrypted file, a `RoomKeyBundle`
  /// @return how many sessions can be read better for it
  public int fetched(HistoryBundle bundle, ObjectNode content) {
    int better = 0;
    int seen = 0;
    for (JsonNode json : content.path("room_keys")) {
      Optional<ExportedKey> key =
          ExportedKey.of(json).filter(found -> found.room().equals(bundle.room()));
      if (++seen > MOST_KEYS) {
        break;
      }
      if (key.isPresent()) {
        better += sessions.importShared(key.get(), bundle.from()).map(_ -> 1).orElse(0);
      }
    }
    seen = 0;
    for (JsonNode json : content.path("withheld")) {
      boolean ofRoom = Fields.room(json, "room_id").filter(bundle.room()::equals).isPresent();
      if (++seen > MOST_KEYS) {
        break;
      }
      if (ofRoom && json instanceof ObjectNode object) {
        withheld.heardOfHistory(object);
      }
    }
    done(bundle);
    return better;
  }

  /// The bundle cannot be had, now or ever: the server may have deleted it.
  public void unavailable(HistoryBundle bundle) {
    done(bundle);
  }

  private void done(HistoryBundle bundle) {
    String name = name(bundle.room(), bundle.from());
    store.apply(List.of(new Change.Delete(Shelf.STATE, BUNDLES, name)));
  }
}
