package dev.sotto.client.encryption.megolm;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.device.DeviceTracking;
import dev.sotto.client.encryption.device.OwnAccount;
import dev.sotto.client.encryption.identity.DeviceTrust;
import dev.sotto.client.encryption.olm.OlmChannel;
import dev.sotto.client.encryption.olm.OlmEvent;
import dev.sotto.client.encryption.olm.ToDeviceQueue;
import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.engine.EngineException;
import dev.sotto.client.engine.InboundMegolm;
import dev.sotto.client.engine.MegolmKey;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.protocol.id.UserId;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/// All that has to do with the keys of rooms, put together. Not for several threads.
public final class RoomKeys implements AutoCloseable {
  private final EncryptedRooms rooms;
  private final InboundSessions inbound;
  private final WithheldKeys withheld;
  private final KeyRequests requests;
  private final Decryption decryption;
  private final OutboundSessions outbound;
  private final SharedHistory history;
  private final Set<SessionName> arrived = new LinkedHashSet<>();

  public RoomKeys(
      CryptoStore store,
      OwnAccount account,
      OlmChannel channel,
      ToDeviceQueue queue,
      DeviceTracking tracking,
      Function<Device, DeviceTrust> trust,
      InstantSource clock,
      RequestIds ids) {
    Function<UserId, Collection<Device>> devices = user -> tracking.devices(user).values();
    rooms = new EncryptedRooms(store);
    inbound = new InboundSessions(store, account.pickleKey());
    withheld = new WithheldKeys(store);
    outbound = new OutboundSessions(store, account, channel, queue, rooms, inbound, trust, clock);
    requests =
        new KeyRequests(
            store,
            account,
            channel,
            queue,
            inbound,
            devices,
            device -> outbound.isBlocked(device) ? DeviceTrust.UNSIGNED : trust.apply(device),
            clock,
            ids);
    decryption =
        new Decryption(inbound, new SeenIndexes(store), withheld, requests, devices, trust);
    history =
        new SharedHistory(
            store,
            account,
            channel,
            queue,
            rooms,
            inbound,
            withheld,
            devices,
            trust,
            outbound::isBlocked,
            clock);
    inbound.onArrival(this::arrived);
  }

  private void arrived(InboundSession session) {
    requests.arrived(session.name());
    if (session.facts().origin() != KeyOrigin.OWN) {
      arrived.add(session.name());
    }
  }

  public EncryptedRooms rooms() {
    return rooms;
  }

  public InboundSessions inbound() {
    return inbound;
  }

  public OutboundSessions outbound() {
    return outbound;
  }

  public Decryption decryption() {
    return decryption;
  }

  public SharedHistory history() {
    return history;
  }

  /// The sessions of which more can be read than when this was asked last: messages that could not
  /// be read are worth another try.
  public Set<SessionName> takeArrived() {
    Set<SessionName> taken = Set.copyOf(arrived);
    arrived.clear();
    return taken;
  }

  /// Hears whose devices were heard of anew, and of whom they have more or less trust.
  public void devicesChanged(Collection<UserId> users) {
    inbound.devicesChanged(users);
    requests.devicesChanged(users);
  }

  /// Does what waited for a session with a device; to be called after claims were answered.
  public void proceed() {
    requests.serve();
  }

  /// Hears an event that was encrypted to this device. Those of other types are passed over.
  public void heard(OlmEvent event) {
    switch (event.type()) {
      case "m.room_key" -> heardKey(event);
      case "m.forwarded_room_key" -> requests.heardForwarded(event);
      case "m.room_key_bundle" -> history.heard(event);
      case "m.dummy" -> event.device().ifPresent(outbound::lost);
      default -> {}
    }
  }

  /// Hears an event to this device that was not encrypted. Those of other types are passed over.
  public void heardInClear(ObjectNode event) {
    Optional<UserId> sender = Fields.user(event, "sender");
    Optional<ObjectNode> content = Fields.object(event, "content");
    if (sender.isEmpty() || content.isEmpty()) {
      return;
    }
    switch (Fields.text(event, "type").orElse("")) {
      case "m.room_key.withheld" -> withheld.heard(sender.get(), content.get());
      case "m.room_key_request" -> requests.heard(sender.get(), content.get());
      default -> {}
    }
  }

  private void heardKey(OlmEvent event) {
    ObjectNode content = event.content();
    Optional<SessionName> name = Fields.sessionName(content);
    Optional<String> sessionKey = Fields.text(content, "session_key");
    if (!Fields.isMegolm(content) || name.isEmpty() || sessionKey.isEmpty()) {
      return;
    }
    InboundMegolm session;
    try (MegolmKey key = MegolmKey.ofBase64(MegolmKey.Format.SHARED, sessionKey.get())) {
      session = InboundMegolm.open(key);
    } catch (EngineException _) {
      return;
    }
    if (!session.id().equals(name.get().sessionId())) {
      session.close();
      return;
    }
    SessionFacts facts =
        new SessionFacts(
            KeyOrigin.ROOM_KEY,
            Optional.of(event.sender()),
            event.senderKey(),
            Optional.of(event.fingerprint()),
            event.device(),
            Fields.isSharedHistory(content),
            Optional.empty());
    inbound.add(name.get().room(), session, facts);
  }

  @Override
  public void close() {
    outbound.close();
    inbound.close();
  }
}
