package dev.sotto.client.encryption.megolm;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.engine.EngineException;
import dev.sotto.client.engine.OutboundMegolm;
import dev.sotto.client.engine.PickleKey;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// This device's own session of a room, and who has it.
final class OutboundSession implements AutoCloseable {
  private static final String SESSION = "session";
  private static final String FACTS = "facts";
  private static final String TO = "to ";

  /// Stands for why a device does not have it if the server did not take the message. That it might
  /// have it by an earlier message is not ruled out.
  private static final String REFUSED = "refused";

  /// How far a clock may be put back before a session is taken for one of another time.
  private static final Duration CLOCK_MARGIN = Duration.ofHours(1);

  private final RoomId room;
  private final OutboundMegolm megolm;
  private final Facts facts;
  private final Map<UserId, Map<String, Share>> shares = new HashMap<>();

  /// @param madeAt in milliseconds since 1970
  private record Facts(long madeAt, boolean sharedHistory) {}

  /// What a device was given.
  ///
  /// @param key the device's Curve25519 key
  /// @param index the first message that it can read
  /// @param losses how often it had told by then that it lost messages
  /// @param withheld null if it got the key; else why not, as it was told
  private record Share(String key, long index, long losses, @Nullable String withheld) {}

  /// What the devices of a user were given, by id.
  private record Shares(Map<String, Share> devices) {}

  private OutboundSession(RoomId room, OutboundMegolm megolm, Facts facts) {
    this.room = room;
    this.megolm = megolm;
    this.facts = facts;
  }

  static OutboundSession create(RoomId room, Instant now, boolean sharedHistory) {
    return new OutboundSession(
        room, OutboundMegolm.create(), new Facts(now.toEpochMilli(), sharedHistory));
  }

  /// The session that is kept in these entries of its room; empty if there is none.
  static Optional<OutboundSession> read(RoomId room, Map<String, byte[]> entries, PickleKey key) {
    byte[] pickle = entries.get(SESSION);
    byte[] facts = entries.get(FACTS);
    if (pickle == null || facts == null) {
      return Optional.empty();
    }
    OutboundSession session;
    try {
      session =
          new OutboundSession(
              room,
              OutboundMegolm.unpickle(pickle, key),
              Json.bind(Json.parse(facts), Facts.class));
    } catch (EngineException e) {
      throw new IllegalStateException("a session cannot be read from its store", e);
    }
    entries.forEach(
        (name, json) -> {
          if (name.startsWith(TO)) {
            session.shares.put(
                new UserId(name.substring(TO.length())),
                new HashMap<>(Json.bind(Json.parse(json), Shares.class).devices));
          }
        });
    return Optional.of(session);
  }

  OutboundMegolm megolm() {
    return megolm;
  }

  boolean sharedHistory() {
    return facts.sharedHistory;
  }

  /// Whether it was used for as long, or as often, as the room allows, or for another history.
  boolean isOver(RoomSettings settings, Instant now) {
    Instant madeAt = Instant.ofEpochMilli(facts.madeAt);
    return now.isBefore(madeAt.minus(CLOCK_MARGIN))
        || !now.isBefore(madeAt.plus(settings.rotationPeriod()))
        || megolm.nextIndex() >= settings.rotationMessages()
        || facts.sharedHistory != settings.sharedHistory();
  }

  /// Whether anybody has it who is not to read what is sent next: a device that is gone, whose user
  /// is gone, or that is not trusted any more.
  boolean isWithOthersThan(Recipients recipients) {
    for (Map.Entry<UserId, Map<String, Share>> user : shares.entrySet()) {
      for (Map.Entry<String, Share> device : user.getValue().entrySet()) {
        Share share = device.getValue();
        if ((share.withheld == null || share.withheld.equals(REFUSED))
            && !recipients.allows(user.getKey(), device.getKey(), share.key)) {
          return true;
        }
      }
    }
    return false;
  }

  /// Whether a device has it and, as far as it said, did not lose it.
  boolean isWith(Device device, long losses) {
    Share share = share(device);
    return share != null && share.withheld == null && share.losses == losses;
  }

  /// Whether the server did not take the message that gives it to a device.
  boolean isRefused(Device device) {
    Share share = share(device);
    return share != null && REFUSED.equals(share.withheld);
  }

  /// Whether a device was told that it does not get it.
  boolean isWithheldFrom(Device device) {
    Share share = share(device);
    return share != null && share.withheld != null && !share.withheld.equals(REFUSED);
  }

  private @Nullable Share share(Device device) {
    Share share = shares.getOrDefault(device.user(), Map.of()).get(device.id().value());
    return share != null && share.key.equals(device.curve25519().base64()) ? share : null;
  }

  /// Notes that a device was given it from the next message on.
  void gave(Device device, long losses) {
    note(device, new Share(device.curve25519().base64(), megolm.nextIndex(), losses, null));
  }

  /// Notes that a device was told why it does not get it.
  void withheld(Device device, String code) {
    note(device, new Share(device.curve25519().base64(), megolm.nextIndex(), 0, code));
  }

  /// Notes that the server does not take the message that gives it to this device.
  void refused(UserId user, String device) {
    Map<String, Share> ofUser = shares.getOrDefault(user, Map.of());
    Share share = ofUser.get(device);
    if (share != null && share.withheld == null) {
      ofUser.put(device, new Share(share.key, share.index, share.losses, REFUSED));
    }
  }

  private void note(Device device, Share share) {
    shares.computeIfAbsent(device.user(), _ -> new HashMap<>()).put(device.id().value(), share);
  }

  /// What keeps who of these users has it.
  List<Change> keepingShares(Collection<UserId> users) {
    List<Change> changes = new ArrayList<>();
    for (UserId user : users) {
      changes.add(put(TO + user, Json.bytes(new Shares(shares.getOrDefault(user, Map.of())))));
    }
    return changes;
  }

  /// What keeps how far it was used.
  Change keepingSession(PickleKey key) {
    return put(SESSION, megolm.pickle(key));
  }

  /// What keeps a new one, in place of whatever else was kept of the room.
  List<Change> keeping(PickleKey key, Set<String> before) {
    List<Change> changes = new ArrayList<>(dropping(room, before));
    changes.add(keepingSession(key));
    changes.add(put(FACTS, Json.bytes(facts)));
    changes.addAll(keepingShares(new HashSet<>(shares.keySet())));
    return changes;
  }

  static List<Change> dropping(RoomId room, Set<String> names) {
    List<Change> changes = new ArrayList<>();
    for (String name : names) {
      changes.add(new Change.Delete(Shelf.OUTBOUND_MEGOLM, room.value(), name));
    }
    return changes;
  }

  private Change put(String name, byte[] value) {
    return new Change.Put(Shelf.OUTBOUND_MEGOLM, room.value(), name, value);
  }

  @Override
  public void close() {
    megolm.close();
  }
}
