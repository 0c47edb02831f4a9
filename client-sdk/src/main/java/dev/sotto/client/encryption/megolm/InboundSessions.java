package dev.sotto.client.encryption.megolm;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.engine.EngineException;
import dev.sotto.client.engine.InboundMegolm;
import dev.sotto.client.engine.MegolmOrder;
import dev.sotto.client.engine.PickleKey;
import dev.sotto.client.memory.Recent;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// The sessions that messages of rooms can be read with. Not for several threads.
///
/// What is known already gives way to something new only if that is the same session from an
/// earlier message on, or if its maker itself sent it and of the other one nothing was proven; or
/// if it is said of the same session who gave it, where it was from a backup. Who says to be the
/// maker of a session that is known as another's is not believed: whoever was given its key can
/// send it as their own.
///
/// Where nothing is signed, a session is for those who come later only if all say so who gave of it
/// what is kept: who gives its end, as an inviter may, was perhaps never given its beginning.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#mmegolmv1aes-sha2
public final class InboundSessions implements AutoCloseable {
  private static final int CACHED = 500;

  private final CryptoStore store;
  private final PickleKey key;
  private final UnsavedKeys unsaved;
  private final Recent<SessionName, InboundSession> cache =
      new Recent<>(CACHED, InboundSession::close);
  private Consumer<InboundSession> arrived = _ -> {};

  /// A session that is not in the backup as it is here.
  ///
  /// @param facts among them whether it is proven who made it: `is_verified` in the backup
  public record Unsaved(SessionName name, ExportedKey key, long firstIndex, SessionFacts facts) {}

  InboundSessions(CryptoStore store, PickleKey key) {
    this.store = store;
    this.key = key;
    this.unsaved = new UnsavedKeys(store);
  }

  /// Has everything told to `listener` that can be read better than before.
  void onArrival(Consumer<InboundSession> listener) {
    arrived = listener;
  }

  /// The session of this name. It is good until another one is asked for or added.
  Optional<InboundSession> find(SessionName name) {
    InboundSession cached = cache.get(name);
    if (cached != null) {
      return Optional.of(cached);
    }
    Optional<InboundSession> read =
        store
            .get(Shelf.INBOUND_MEGOLM, name.room().value(), name.sessionId())
            .map(kept -> InboundSession.read(name.room(), kept, key));
    read.ifPresent(session -> cache.put(name, session));
    return read;
  }

  /// Takes a session over, as far as it is better than what is known.
  ///
  /// @return whether more can be read than before
  boolean add(RoomId room, InboundMegolm candidate, SessionFacts facts) {
    Optional<InboundSession> found = find(new SessionName(room, candidate.id()));
    if (found.isEmpty()) {
      keep(new InboundSession(room, candidate, facts), facts.origin());
      return true;
    }
    InboundSession known = found.get();
    boolean moreTrusted = facts.isBetterThan(known.facts());
    MegolmOrder order = candidate.compare(known.megolm());
    if (order == MegolmOrder.UNCONNECTED && moreTrusted && facts.origin().signed()) {
      // What somebody passed on was not the session that bears its id.
      keep(new InboundSession(room, candidate, facts), facts.origin());
      return true;
    }
    boolean better = order == MegolmOrder.BETTER;
    moreTrusted &= facts.isOfSameMaker(known.facts());
    try (candidate) {
      if (order != MegolmOrder.UNCONNECTED && (better || moreTrusted)) {
        SessionFacts kept = moreTrusted ? facts : known.facts();
        if (!kept.origin().signed()) {
          boolean all = facts.sharedHistory() && known.facts().sharedHistory();
          kept = kept.withSharedHistory(all);
        }
        // Who gave it is not for the backup.
        boolean isForBackup = better || facts.origin().signed();
        keep(
            new InboundSession(room, merged(candidate, known.megolm()), kept),
            isForBackup ? facts.origin() : known.facts().origin());
        return better;
      }
      return false;
    }
  }

  private static InboundMegolm merged(InboundMegolm candidate, InboundMegolm known) {
    try {
      return candidate.merge(known);
    } catch (EngineException e) {
      throw new IllegalStateException("sessions that are connected cannot be merged", e);
    }
  }

  /// @param source where that came from which is new of it
  private void keep(InboundSession session, KeyOrigin source) {
    try {
      store.apply(keeping(session, source));
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
    kept(session);
  }

  /// What is to be kept for a new session, for who keeps it together with something else and calls
  /// [#kept] then.
  List<Change> keeping(InboundSession session, KeyOrigin source) {
    List<Change> changes = new ArrayList<>();
    changes.add(put(session));
    changes.addAll(
        source == KeyOrigin.BACKUP
            ? unsaved.listing(session.room())
            : unsaved.marking(session.name(), session.megolm().firstKnownIndex()));
    return changes;
  }

  void kept(InboundSession session) {
    cache.put(session.name(), session);
    arrived.accept(session);
  }

  private Change put(InboundSession session) {
    return new Change.Put(
        Shelf.INBOUND_MEGOLM, session.room().value(), session.id(), session.bytes(key));
  }

  /// Keeps the keys of the device that made a session.
  void learned(InboundSession session, Device device) {
    SessionFacts before = session.facts();
    session.facts(before.withDevice(device));
    try {
      store.apply(List.of(put(session)));
    } catch (RuntimeException e) {
      session.facts(before);
      throw e;
    }
  }

  /// Hears whose devices were heard of anew: some may be those that made sessions.
  public void devicesChanged(Collection<UserId> users) {
    cache.forEach(
        session -> {
          if (session.facts().owner().map(users::contains).orElse(false)) {
            session.lookedUp(false);
          }
        });
  }

  /// Takes up keys from a backup or an export.
  ///
  /// @param origin BACKUP or EXPORT
  /// @return the sessions of which more can be read than before
  public List<SessionName> importKeys(Collection<ExportedKey> keys, KeyOrigin origin) {
    if (origin != KeyOrigin.BACKUP && origin != KeyOrigin.EXPORT) {
      throw new IllegalArgumentException("keys of this origin are not imported");
    }
    List<SessionName> better = new ArrayList<>();
    for (ExportedKey exported : keys) {
      importKey(exported, origin).ifPresent(better::add);
    }
    return better;
  }

  /// Takes up a key that was passed on; empty if it is of no use.
  Optional<SessionName> importKey(ExportedKey exported, KeyOrigin origin) {
    return importKey(exported, origin, Optional.empty());
  }

  /// Takes up a key to a room's history; empty if no more can be read with it.
  ///
  /// @param giver who has invited us, and gave it to us
  Optional<SessionName> importShared(ExportedKey exported, UserId giver) {
    return importKey(exported.withSharedHistory(true), KeyOrigin.BUNDLE, Optional.of(giver));
  }

  private Optional<SessionName> importKey(
      ExportedKey exported, KeyOrigin origin, Optional<UserId> giver) {
    InboundMegolm session;
    try {
      session = InboundMegolm.open(exported.key());
    } catch (EngineException _) {
      return Optional.empty();
    }
    if (!session.id().equals(exported.sessionId())) {
      session.close();
      return Optional.empty();
    }
    SessionFacts facts =
        new SessionFacts(
            origin,
            Optional.empty(),
            exported.senderKey(),
            exported.fingerprint(),
            Optional.empty(),
            exported.sharedHistory(),
            giver);
    return add(exported.room(), session, facts)
        ? Optional.of(new SessionName(exported.room(), exported.sessionId()))
        : Optional.empty();
  }

  /// Everything there is, for an export.
  public List<ExportedKey> exportKeys() {
    List<ExportedKey> keys = new ArrayList<>();
    for (RoomId room : unsaved.rooms()) {
      forEach(room, session -> keys.add(session.export()));
    }
    return keys;
  }

  /// Goes through the sessions of a room, each of which is good for as long as it is looked at.
  void forEach(RoomId room, Consumer<InboundSession> consumer) {
    store
        .group(Shelf.INBOUND_MEGOLM, room.value())
        .forEach(
            (_, kept) -> {
              try (InboundSession session = InboundSession.read(room, kept, key)) {
                consumer.accept(session);
              }
            });
  }

  /// Says which backup is in use. Unless it was in use before, all sessions have to go there.
  public void useBackup(String version) {
    unsaved.begin(version);
  }

  /// Up to `most` sessions that are not in the backup as they are here; to be asked for once a
  /// backup is in use.
  public List<Unsaved> unsaved(int most) {
    List<Unsaved> found = new ArrayList<>();
    for (SessionName name : unsaved.next(most)) {
      find(name)
          .ifPresent(
              session ->
                  found.add(
                      new Unsaved(
                          name,
                          session.export(),
                          session.megolm().firstKnownIndex(),
                          session.facts())));
    }
    return found;
  }

  /// These are in the backup now. One that begins earlier by now stays to be saved.
  public void saved(Collection<Unsaved> sessions) {
    List<Change> changes = new ArrayList<>();
    for (Unsaved session : sessions) {
      changes.addAll(unsaved.saved(session.name, session.firstIndex));
    }
    if (!changes.isEmpty()) {
      store.apply(changes);
    }
  }

  @Override
  public void close() {
    cache.clear();
  }
}
