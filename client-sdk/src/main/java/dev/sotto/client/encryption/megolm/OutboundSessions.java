package dev.sotto.client.encryption.megolm;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.device.OwnAccount;
import dev.sotto.client.encryption.identity.DeviceTrust;
import dev.sotto.client.encryption.olm.OlmChannel;
import dev.sotto.client.encryption.olm.ToDeviceQueue;
import dev.sotto.client.engine.EngineException;
import dev.sotto.client.engine.InboundMegolm;
import dev.sotto.client.engine.MegolmMessage;
import dev.sotto.client.memory.Recent;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/// Encrypts to rooms, and sees to it that those who are to read it have the key, and nobody else.
/// Not for several threads.
///
/// A session is given up for a new one after as many messages or as long a time as the room's
/// settings say, when the room's history becomes one for all or ceases to be, when anybody leaves,
/// and when a device that has it is gone or not trusted any more.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#mmegolmv1aes-sha2
public final class OutboundSessions implements AutoCloseable {
  private static final int CACHED = 200;
  private static final String WITHHELD = "m.room_key.withheld";

  private final CryptoStore store;
  private final OwnAccount account;
  private final OlmChannel channel;
  private final ToDeviceQueue queue;
  private final EncryptedRooms rooms;
  private final InboundSessions inbound;
  private final Function<Device, DeviceTrust> trust;
  private final InstantSource clock;
  private final DeviceMarks blocked;
  private final DeviceMarks losses;
  private final DeviceMarks toldNoOlm;
  private final Recent<RoomId, OutboundSession> cache =
      new Recent<>(CACHED, OutboundSession::close);
  private SharingPolicy policy = SharingPolicy.SIGNED_DEVICES;

  OutboundSessions(
      CryptoStore store,
      OwnAccount account,
      OlmChannel channel,
      ToDeviceQueue queue,
      EncryptedRooms rooms,
      InboundSessions inbound,
      Function<Device, DeviceTrust> trust,
      InstantSource clock) {
    this.store = store;
    this.account = account;
    this.channel = channel;
    this.queue = queue;
    this.rooms = rooms;
    this.inbound = inbound;
    this.trust = trust;
    this.clock = clock;
    blocked = new DeviceMarks(store, "megolm.blocked");
    losses = new DeviceMarks(store, "megolm.losses");
    toldNoOlm = new DeviceMarks(store, "megolm.no_olm");
  }

  /// Says who is given keys from now on. It is not kept: whoever makes this says it again.
  public void policy(SharingPolicy now) {
    policy = now;
  }

  /// Has a device given no key any more, whatever else is known of it; or lifts that.
  ///
  /// @throws IllegalStateException if too many are blocked to remember one more
  public void block(Device device, boolean now) {
    blocked.set(device, now ? 1 : 0);
    if (blocked.has(device) != now) {
      throw new IllegalStateException("too many devices are blocked");
    }
  }

  public boolean isBlocked(Device device) {
    return blocked.has(device);
  }

  /// Hears that a device lost messages which were encrypted to it: keys may be among them, so it is
  /// given those in use again.
  void lost(Device device) {
    losses.set(device, losses.of(device) + 1);
  }

  /// Gives the key to what is sent next to all devices that lack it, after making a new one where
  /// that is due; and tells those that do not get it, once.
  ///
  /// @param devices all devices of all members of the room, one's own included, as they are known
  ///   now; who is not among them is taken to be gone
  /// @throws IllegalStateException if the room is not encrypted
  public Sharing share(RoomId room, Collection<Device> devices) {
    RoomSettings settings = settings(room);
    if (!settings.supported()) {
      return new Sharing.Unsupported();
    }
    Recipients recipients = Recipients.of(devices, account, policy, trust, this::isBlocked);
    if (!recipients.changed().isEmpty()) {
      return new Sharing.OwnersChanged(recipients.changed());
    }
    OutboundSession session = current(room, settings, recipients);
    List<Device> lacking =
        recipients.all().stream()
            .filter(device -> !session.isWith(device, losses.of(device)))
            .filter(device -> !session.isRefused(device))
            .toList();
    List<Device> unreached = give(room, session, lacking);
    channel.want(unreached);
    List<Device> unreachable = unreached.stream().filter(channel::isUnreachable).toList();
    tellNoOlm(unreachable);
    tellExcluded(room, session, recipients.excluded());
    if (unreachable.size() < unreached.size()) {
      List<Device> waiting = new ArrayList<>(unreached);
      waiting.removeAll(unreachable);
      return new Sharing.Waiting(waiting);
    }
    List<Sharing.LeftOut> leftOut = new ArrayList<>(recipients.excluded());
    for (Device device : unreachable) {
      leftOut.add(new Sharing.LeftOut(device, WithheldKeys.NO_OLM));
    }
    recipients.all().stream()
        .filter(session::isRefused)
        .forEach(device -> leftOut.add(new Sharing.LeftOut(device, WithheldKeys.NO_OLM)));
    return new Sharing.Ready(leftOut);
  }

  /// Hears that a device does not get the key that it was given, as the server does not take it: it
  /// is left out until there is a new one, for it would be refused again and again.
  public void refused(RoomId room, UserId user, String device) {
    find(room)
        .ifPresent(
            session -> {
              session.refused(user, device);
              store.apply(session.keepingShares(List.of(user)));
            });
  }

  private RoomSettings settings(RoomId room) {
    return rooms
        .settings(room)
        .orElseThrow(() -> new IllegalStateException("the room is not encrypted"));
  }

  private Optional<OutboundSession> find(RoomId room) {
    OutboundSession cached = cache.get(room);
    if (cached != null) {
      return Optional.of(cached);
    }
    Optional<OutboundSession> read =
        OutboundSession.read(
            room, store.group(Shelf.OUTBOUND_MEGOLM, room.value()), account.pickleKey());
    read.ifPresent(session -> cache.put(room, session));
    return read;
  }

  private OutboundSession current(RoomId room, RoomSettings settings, Recipients recipients) {
    return find(room)
        .filter(session -> !session.isOver(settings, clock.instant()))
        .filter(session -> !session.isWithOthersThan(recipients))
        .orElseGet(() -> create(room, settings));
  }

  /// Makes a session, and keeps it together with the half that reads it.
  private OutboundSession create(RoomId room, RoomSettings settings) {
    OutboundSession session =
        OutboundSession.create(room, clock.instant(), settings.sharedHistory());
    InboundSession own = new InboundSession(room, reading(session), facts(settings));
    Set<String> before = store.group(Shelf.OUTBOUND_MEGOLM, room.value()).keySet();
    List<Change> changes = new ArrayList<>(session.keeping(account.pickleKey(), before));
    changes.addAll(inbound.keeping(own, KeyOrigin.OWN));
    try {
      store.apply(changes);
    } catch (RuntimeException e) {
      session.close();
      own.close();
      throw e;
    }
    cache.put(room, session);
    inbound.kept(own);
    return session;
  }

  private static InboundMegolm reading(OutboundSession session) {
    try (var key = session.megolm().sessionKey()) {
      return InboundMegolm.open(key);
    } catch (EngineException e) {
      throw new IllegalStateException("a new session cannot be read", e);
    }
  }

  private SessionFacts facts(RoomSettings settings) {
    return new SessionFacts(
        KeyOrigin.OWN,
        Optional.of(account.user()),
        account.keys().curve25519Key(),
        Optional.of(account.keys().ed25519Key()),
        Device.of(account.user(), account.device(), account.deviceKeys()),
        settings.sharedHistory(),
        Optional.empty());
  }

  /// Gives the session to those devices that there is a channel to. That they have it is noted
  /// last: if it breaks in between they are given it twice, not never.
  ///
  /// @return the others
  private List<Device> give(RoomId room, OutboundSession session, List<Device> devices) {
    ObjectNode content = roomKey(room, session);
    List<Device> unreached = new ArrayList<>();
    List<Device> given = new ArrayList<>();
    Map<UserId, Map<String, ObjectNode>> messages = new HashMap<>();
    for (Device device : devices) {
      Optional<ObjectNode> encrypted = channel.encrypt(device, "m.room_key", content);
      if (encrypted.isPresent()) {
        put(messages, device, encrypted.get());
        given.add(device);
      } else {
        unreached.add(device);
      }
    }
    if (!given.isEmpty()) {
      queue.addKeys(room, OlmChannel.ENCRYPTED, messages);
      given.forEach(device -> session.gave(device, losses.of(device)));
      store.apply(session.keepingShares(messages.keySet()));
      // Should the channel to it break down for good, it may be told so again.
      given.forEach(device -> toldNoOlm.set(device, 0));
    }
    return unreached;
  }

  private static ObjectNode roomKey(RoomId room, OutboundSession session) {
    try (var key = session.megolm().sessionKey()) {
      ObjectNode content =
          Json.object()
              .put("algorithm", Fields.ALGORITHM)
              .put("room_id", room.value())
              .put("session_id", session.megolm().id())
              .put("session_key", key.base64());
      return Fields.putSharedHistory(content, session.sharedHistory());
    }
  }

  private static void put(
      Map<UserId, Map<String, ObjectNode>> messages, Device device, ObjectNode content) {
    messages.computeIfAbsent(device.user(), _ -> new HashMap<>()).put(device.id().value(), content);
  }

  /// Tells devices that there is no channel to them: it is the same for all rooms, and said once.
  private void tellNoOlm(List<Device> devices) {
    List<Device> untold = devices.stream().filter(device -> !toldNoOlm.has(device)).toList();
    Map<UserId, Map<String, ObjectNode>> messages = new HashMap<>();
    for (Device device : untold) {
      put(messages, device, withheld(WithheldKeys.NO_OLM, "There is no channel to the device."));
    }
    queue.add(WITHHELD, messages);
    untold.forEach(device -> toldNoOlm.set(device, 1));
  }

  private void tellExcluded(RoomId room, OutboundSession session, List<Sharing.LeftOut> excluded) {
    List<Sharing.LeftOut> untold =
        excluded.stream().filter(out -> !session.isWithheldFrom(out.device())).toList();
    Map<UserId, Map<String, ObjectNode>> messages = new HashMap<>();
    for (Sharing.LeftOut out : untold) {
      ObjectNode content = withheld(out.code(), "The device is not trusted with the key.");
      content.put("room_id", room.value()).put("session_id", session.megolm().id());
      put(messages, out.device(), content);
    }
    if (!messages.isEmpty()) {
      queue.add(WITHHELD, messages);
      untold.forEach(out -> session.withheld(out.device(), out.code()));
      store.apply(session.keepingShares(messages.keySet()));
    }
  }

  private ObjectNode withheld(String code, String reason) {
    return Json.object()
        .put("algorithm", Fields.ALGORITHM)
        .put("code", code)
        .put("reason", reason)
        .put("sender_key", account.keys().curve25519Key().base64());
  }

  /// Encrypts to a room with the key that was last shared there.
  ///
  /// @return the content of the `m.room.encrypted` event to send
  /// @throws IllegalStateException if the room is not encrypted, or its key has to be shared first,
  ///   with [#share]
  public ObjectNode encrypt(RoomId room, String type, ObjectNode content) {
    RoomSettings settings = settings(room);
    OutboundSession session =
        find(room)
            .filter(found -> settings.supported() && !found.isOver(settings, clock.instant()))
            .orElseThrow(() -> new IllegalStateException("the room's key is to be shared first"));
    ObjectNode plain = Json.object().put("type", type).put("room_id", room.value());
    plain.set("content", content);
    MegolmMessage message = session.megolm().encrypt(Json.bytes(plain));
    // Only what is kept is handed out. If this fails, an index is left out, which does no harm.
    store.apply(List.of(session.keepingSession(account.pickleKey())));
    ObjectNode encrypted =
        Json.object()
            .put("algorithm", Fields.ALGORITHM)
            .put("sender_key", account.keys().curve25519Key().base64())
            .put("device_id", account.device().value())
            .put("session_id", session.megolm().id())
            .put("ciphertext", message.base64());
    // For the server, which relates events by what it sees.
    Fields.object(content, Decryption.RELATION)
        .ifPresent(relation -> encrypted.set(Decryption.RELATION, relation.deepCopy()));
    return encrypted;
  }

  /// Gives up the room's session, so that what is sent next is encrypted with a new one. To be
  /// called whenever a user was seen to leave the room, also one who was invited only (who may have
  /// been given keys with the invite), and, in a sync that left something out, for every membership
  /// that is not `join`.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#mmegolmv1aes-sha2
  public void discard(RoomId room) {
    Set<String> kept = new HashSet<>(store.group(Shelf.OUTBOUND_MEGOLM, room.value()).keySet());
    if (!kept.isEmpty()) {
      store.apply(OutboundSession.dropping(room, kept));
    }
    cache.remove(room);
  }

  @Override
  public void close() {
    cache.clear();
  }
}
