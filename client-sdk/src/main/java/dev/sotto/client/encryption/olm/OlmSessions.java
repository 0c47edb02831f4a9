package dev.sotto.client.encryption.olm;

import dev.sotto.client.engine.EngineException;
import dev.sotto.client.engine.OlmSession;
import dev.sotto.client.engine.PickleKey;
import dev.sotto.client.memory.Recent;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The sessions with other devices, by their Curve25519 keys. Not for several threads.
final class OlmSessions implements AutoCloseable {
  /// How many are kept with one device; the specification wants at least four.
  private static final int MAX_OF_DEVICE = 5;

  /// With how many devices sessions are kept open.
  private static final int MAX_OPEN = 500;

  /// An open session.
  ///
  /// @param made when it was made
  /// @param used when it last received, else when it was made: the latest one is written to
  record Open(OlmSession session, Instant made, Instant used) {
    private static final Comparator<Open> LATEST_FIRST =
        Comparator.comparing(Open::used).reversed().thenComparing(open -> open.session.id());
  }

  private record Kept(String pickle, long made, long used) {}

  private final CryptoStore store;
  private final PickleKey key;
  private final InstantSource clock;
  private final Recent<DeviceKey, List<Open>> open =
      new Recent<>(MAX_OPEN, all -> all.forEach(one -> one.session.close()));

  OlmSessions(CryptoStore store, PickleKey key, InstantSource clock) {
    this.store = store;
    this.key = key;
    this.clock = clock;
  }

  /// The sessions with a device, the one to write to first.
  List<Open> with(DeviceKey device) {
    return List.copyOf(all(device));
  }

  private List<Open> all(DeviceKey device) {
    List<Open> found = open.get(device);
    if (found == null) {
      found = new ArrayList<>();
      for (byte[] json : store.group(Shelf.OLM_SESSIONS, device.name()).values()) {
        found.add(read(json));
      }
      found.sort(Open.LATEST_FIRST);
      open.put(device, found);
    }
    return found;
  }

  private Open read(byte[] json) {
    Kept kept = Json.bind(Json.parse(json), Kept.class);
    try {
      OlmSession session =
          OlmSession.unpickle(kept.pickle.getBytes(StandardCharsets.US_ASCII), key);
      return new Open(session, Instant.ofEpochMilli(kept.made), Instant.ofEpochMilli(kept.used));
    } catch (EngineException e) {
      throw new IllegalStateException("A session cannot be read from the store.", e);
    }
  }

  Optional<Open> latest(DeviceKey device) {
    return with(device).stream().findFirst();
  }

  /// The changes that keep a session which was just made, in place of the one that was not used for
  /// longest if there are too many.
  List<Change> add(DeviceKey device, OlmSession session) {
    List<Open> all = all(device);
    Open made = new Open(session, clock.instant(), latestOf(all));
    List<Change> changes = new ArrayList<>();
    changes.add(put(device, made));
    all.add(made);
    all.sort(Open.LATEST_FIRST);
    while (all.size() > MAX_OF_DEVICE) {
      Open oldest = all.removeLast();
      changes.add(new Change.Delete(Shelf.OLM_SESSIONS, device.name(), oldest.session.id()));
      oldest.session.close();
    }
    return changes;
  }

  /// The changes that drop all sessions with a device.
  List<Change> drop(DeviceKey device) {
    open.remove(device);
    return store.group(Shelf.OLM_SESSIONS, device.name()).keySet().stream()
        .<Change>map(id -> new Change.Delete(Shelf.OLM_SESSIONS, device.name(), id))
        .toList();
  }

  /// The change that keeps a session after it has sent.
  Change sent(DeviceKey device, Open session) {
    return put(device, session);
  }

  /// The change that keeps a session after it has received: it is the one to write to now.
  Change received(DeviceKey device, Open session) {
    List<Open> all = all(device);
    Open used = new Open(session.session, session.made, latestOf(all));
    all.remove(session);
    all.add(used);
    all.sort(Open.LATEST_FIRST);
    return put(device, used);
  }

  /// Now, but later than all that was before, though the clock may have been put back.
  private Instant latestOf(List<Open> all) {
    Instant now = clock.instant();
    if (all.isEmpty() || all.getFirst().used.isBefore(now)) {
      return now;
    }
    return all.getFirst().used.plusMillis(1);
  }

  private Change put(DeviceKey device, Open session) {
    String pickle = new String(session.session.pickle(key), StandardCharsets.US_ASCII);
    Kept kept = new Kept(pickle, session.made.toEpochMilli(), session.used.toEpochMilli());
    return new Change.Put(
        Shelf.OLM_SESSIONS, device.name(), session.session.id(), Json.bytes(kept));
  }

  @Override
  public void close() {
    open.clear();
  }
}
