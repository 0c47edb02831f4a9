package dev.sotto.client.encryption.backup;

import dev.sotto.client.encryption.backup.BackupState.Active;
import dev.sotto.client.encryption.backup.BackupState.None;
import dev.sotto.client.encryption.backup.BackupState.Unasked;
import dev.sotto.client.encryption.backup.BackupState.Untrusted;
import dev.sotto.client.encryption.backup.BackupState.Unusable;
import dev.sotto.client.encryption.device.DeviceTracking;
import dev.sotto.client.encryption.device.OwnAccount;
import dev.sotto.client.encryption.identity.Identities;
import dev.sotto.client.encryption.megolm.ExportedKey;
import dev.sotto.client.encryption.megolm.InboundSessions;
import dev.sotto.client.encryption.megolm.KeyOrigin;
import dev.sotto.client.encryption.megolm.SessionName;
import dev.sotto.client.encryption.request.OutgoingRequest.BackupCreate;
import dev.sotto.client.encryption.request.OutgoingRequest.BackupKeyQuery;
import dev.sotto.client.encryption.request.OutgoingRequest.BackupKeys;
import dev.sotto.client.encryption.request.OutgoingRequest.BackupVersionQuery;
import dev.sotto.client.encryption.request.RequestIds;
import dev.sotto.client.engine.BackupDecryption;
import dev.sotto.client.engine.BackupKey;
import dev.sotto.client.store.Change;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The user's key backup. Not for several threads.
///
/// At first the server is asked which backup there is ([#query()]). If it is the user's, all
/// sessions that are not in it are put there ([#keys()]) as they come in, for as long as the server
/// says that it is the latest one; what the server has confirmed is remembered. Whether a backup is
/// the user's is found out anew by each process, from signatures and from the private key.
///
/// Anybody who knows its public key, as the server does, can put keys into a backup: what was read
/// from it proves nothing of who made a session.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#server-side-key-backups
public final class KeyBackup implements AutoCloseable {
  /// The type of the account data that says whether the user wants a backup.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#mkey_backup
  public static final String PREFERENCE = "m.key_backup";

  /// Where it is kept what is known of it.
  static final String GROUP = "backup";

  private static final String OFF = "off";

  /// For how long all that there is of a room is not taken again: other devices put into the backup
  /// what this one was never given.
  private static final Duration FRESH = Duration.ofMinutes(5);

  private final CryptoStore store;
  private final BackupSigners signers;
  private final InboundSessions sessions;
  private final InstantSource clock;
  private final RequestIds ids;
  private final PrivateBackupKeys privateKeys;
  private final BackupUploads uploads;
  private final MissingKeys missing;
  private final NewBackup coming;

  /// When all that the backup has of a room was taken from it last.
  private final Map<RoomId, Instant> taken = new HashMap<>();

  private BackupState state = new Unasked();
  private @Nullable BackupVersion shown;
  private @Nullable BackupVersionQuery query;
  private @Nullable String refusedVersion;
  private boolean isOff;

  public KeyBackup(
      CryptoStore store,
      OwnAccount account,
      DeviceTracking tracking,
      Identities identities,
      InboundSessions sessions,
      InstantSource clock,
      RequestIds ids) {
    this.store = store;
    this.sessions = sessions;
    this.clock = clock;
    this.ids = ids;
    signers = new BackupSigners(account, tracking, identities);
    privateKeys = new PrivateBackupKeys(store);
    uploads = new BackupUploads(sessions, ids);
    missing = new MissingKeys(ids, clock);
    coming = new NewBackup(store, signers, ids);
    isOff = store.get(Shelf.STATE, GROUP, OFF).isPresent();
  }

  /// How it stands.
  public BackupState state() {
    return state;
  }

  /// What the content of the account data [#PREFERENCE] says; empty if that is nothing.
  public static Optional<Boolean> preference(JsonNode content) {
    return content.path("enabled").isBoolean()
        ? Optional.of(content.path("enabled").booleanValue())
        : Optional.empty();
  }

  /// The content of the account data [#PREFERENCE], which is to be put when the user turns backups
  /// on or off.
  public static ObjectNode preference(boolean enabled) {
    return Json.object().put("enabled", enabled);
  }

  /// Turns backups on (as they are at first) or off, from here on and for later processes.
  public void enable(boolean enabled) {
    isOff = !enabled;
    store.apply(
        List.of(
            enabled
                ? new Change.Delete(Shelf.STATE, GROUP, OFF)
                : new Change.Put(Shelf.STATE, GROUP, OFF, new byte[0])));
  }

  // Which backup there is

  /// Asks which backup there is, where that is not known.
  public Optional<BackupVersionQuery> query() {
    if (isOff || query != null || !(state instanceof Unasked)) {
      return Optional.empty();
    }
    BackupVersionQuery asked = new BackupVersionQuery(ids.next());
    query = asked;
    return Optional.of(asked);
  }

  /// There is this backup.
  public void found(BackupVersionQuery request, ObjectNode answer) {
    if (!request.equals(query)) {
      return;
    }
    query = null;
    Optional<BackupVersion> version = BackupVersion.of(answer);
    if (version.filter(one -> !one.version().equals(refusedVersion)).isPresent()) {
      show(version.get());
    } else {
      stop(new Unusable());
    }
  }

  /// There is none: the server has answered `M_NOT_FOUND`.
  public void absent(BackupVersionQuery request) {
    if (request.equals(query)) {
      query = null;
      stop(new None());
    }
  }

  /// Has the server asked again: another device may have made a backup, or deleted it.
  public void recheck() {
    refusedVersion = null;
    stop(new Unasked());
  }

  /// Looks anew at who has signed the backup: what is known of own devices or of the own identity
  /// is another than before.
  public void review() {
    BackupVersion version = shown;
    if (version != null) {
      judge(version);
    }
  }

  private void stop(BackupState now) {
    state = now;
    shown = null;
    uploads.stop();
  }

  private void show(BackupVersion version) {
    Set<String> kept = new HashSet<>(Set.of(version.publicKey().base64()));
    List<Change> changes = new ArrayList<>();
    if (coming.publicKey().isPresent() && privateKeys.has(version.publicKey())) {
      // It is the new one, or else none is needed.
      changes.add(NewBackup.done());
    }
    coming.publicKey().ifPresent(kept::add);
    shown = version;
    judge(version);
    if (state instanceof Active) {
      // Nobody needs those of former backups.
      changes.addAll(privateKeys.retain(kept));
    }
    if (!changes.isEmpty()) {
      store.apply(changes);
    }
  }

  private void judge(BackupVersion version) {
    boolean readable = privateKeys.has(version.publicKey());
    if (!readable && !signers.haveSigned(version.authData())) {
      state = new Untrusted(version.version());
      uploads.stop();
      return;
    }
    if (!(state instanceof Active active) || !active.version().equals(version.version())) {
      missing.forget();
      taken.clear();
    }
    uploads.start(version);
    state = new Active(version.version(), readable);
  }

  // A new one

  /// Makes a new backup, in place of the one that there may be, and turns backups on. It is offered
  /// ([#creation()]) until the server has it, or shows another one that can be read; its private
  /// key is here from now on.
  public void create() {
    coming.make(new Change.Delete(Shelf.STATE, GROUP, OFF));
    isOff = false;
  }

  /// The backup that is to be made, if there is one that the server is not known to have.
  public Optional<BackupCreate> creation() {
    // First it is asked whether an earlier process has made it.
    return state instanceof Unasked ? Optional.empty() : coming.request();
  }

  /// The server has made the backup.
  public void created(BackupCreate request, ObjectNode answer) {
    if (coming.ended(request)) {
      BackupVersion.of(answer, request.body().path("auth_data"))
          .ifPresentOrElse(this::show, this::recheck);
    }
  }

  /// Gives up the backup that is to be made, if there is one. Its private key stays for a while:
  /// the server may have made it, and be about to show it.
  public void withdraw() {
    store.apply(List.of(NewBackup.done()));
  }

  // Its private key

  /// Takes the private key, from secret storage, from another device or from who wrote it down.
  public KeyOutcome key(BackupKey key) {
    BackupVersion version = shown;
    if (version == null) {
      store.apply(List.of(PrivateBackupKeys.put(key)));
      return KeyOutcome.KEPT;
    }
    if (!version.publicKey().equals(PrivateBackupKeys.publicKey(key))) {
      return KeyOutcome.ANOTHER;
    }
    store.apply(List.of(PrivateBackupKeys.put(key)));
    judge(version);
    return KeyOutcome.FITS;
  }

  /// The private key of the backup there is, to be kept in secret storage or given to another
  /// device; empty if it is not here. One that is only to be made may come to nothing, and its key
  /// with it. The caller closes it.
  public Optional<BackupKey> key() {
    return Optional.ofNullable(shown).map(BackupVersion::publicKey).flatMap(privateKeys::of);
  }

  // What goes into it

  /// Sessions that are not in the backup yet, a bounded number at once.
  public Optional<BackupKeys> keys() {
    return isOff ? Optional.empty() : uploads.next();
  }

  /// The backup has these sessions.
  public void sent(BackupKeys request) {
    uploads.sent(request);
  }

  // What comes out of it

  /// Reads keys from the backup.
  ///
  /// @throws IllegalStateException if the state is not active and readable
  public RestoreOutcome restore(Collection<BackedUpKey> keys) {
    BackupVersion version = shown;
    Optional<BackupKey> key =
        version == null ? Optional.empty() : privateKeys.of(version.publicKey());
    if (key.isEmpty()) {
      throw new IllegalStateException("the private key of the backup is not here");
    }
    List<ExportedKey> exported = new ArrayList<>();
    try (BackupKey opened = key.get();
        BackupDecryption decryption = BackupDecryption.with(opened)) {
      for (BackedUpKey one : keys) {
        SealedSession.decrypt(decryption, one).ifPresent(exported::add);
      }
      int usable = exported.size();
      int imported = sessions.importKeys(exported, KeyOrigin.BACKUP).size();
      return new RestoreOutcome(imported, usable - imported, keys.size() - usable);
    } finally {
      exported.forEach(one -> one.key().close());
    }
  }

  /// Whether all that this backup has of a room was taken from it in the last minutes.
  public boolean hasTaken(RoomId room) {
    Instant at = taken.get(room);
    return state instanceof Active && at != null && isFresh(at);
  }

  private boolean isFresh(Instant at) {
    return clock.instant().isBefore(at.plus(FRESH));
  }

  /// All that a backup has of a room was taken from it.
  public void taken(RoomId room, String version) {
    taken.values().removeIf(at -> !isFresh(at));
    if (state instanceof Active active && active.version().equals(version)) {
      taken.put(room, clock.instant());
    }
  }

  /// Has a session fetched that something cannot be read without, if the backup can be read; none
  /// more than once an hour.
  public void want(SessionName session) {
    missing.want(session);
  }

  /// A session to fetch, if there is one and none is under way.
  public Optional<BackupKeyQuery> fetch() {
    return state instanceof Active active && active.readable() && !isOff
        ? missing.next(active.version())
        : Optional.empty();
  }

  /// The backup has this session.
  public RestoreOutcome fetched(BackupKeyQuery request, ObjectNode answer) {
    boolean isOfThis =
        missing.answered(request)
            && state instanceof Active active
            && active.readable()
            && active.version().equals(request.version());
    return isOfThis
        ? restore(List.of(new BackedUpKey(request.room(), request.sessionId(), answer)))
        : RestoreOutcome.NOTHING;
  }

  /// The backup has no such session: the server has answered `M_NOT_FOUND`.
  public void absent(BackupKeyQuery request) {
    missing.answered(request);
  }

  // What went wrong

  /// The server says that this is not the latest backup, or that there is no such one
  /// (`M_WRONG_ROOM_KEYS_VERSION`, `M_NOT_FOUND`); it is asked which one there is.
  public void refused(BackupKeys request) {
    if (uploads.failed(request)) {
      recheck();
      refusedVersion = request.version();
    }
  }

  /// The server does not make the backup; it is not offered again.
  public void refused(BackupCreate request) {
    if (coming.ended(request)) {
      withdraw();
    }
  }

  /// The question was not answered; it is asked again.
  public void failed(BackupVersionQuery request) {
    if (request.equals(query)) {
      query = null;
    }
  }

  /// It is not known whether the server has made the backup; it is asked.
  public void failed(BackupCreate request) {
    if (coming.ended(request)) {
      recheck();
    }
  }

  /// It is not known whether the backup has these sessions; they are sent again.
  public void failed(BackupKeys request) {
    uploads.failed(request);
  }

  /// The session was not fetched; it is asked for again.
  public void failed(BackupKeyQuery request) {
    missing.failed(request);
  }

  @Override
  public void close() {
    uploads.stop();
  }
}
