package dev.sotto.client.encryption;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.identity.DeviceTrust;
import dev.sotto.client.encryption.megolm.DecryptedEvent;
import dev.sotto.client.encryption.megolm.DecryptionException;
import dev.sotto.client.encryption.megolm.DecryptionException.Cause;
import dev.sotto.client.encryption.megolm.ExportedKey;
import dev.sotto.client.encryption.megolm.KeyOrigin;
import dev.sotto.client.encryption.megolm.SessionName;
import dev.sotto.client.encryption.megolm.SharingPolicy;
import dev.sotto.client.encryption.request.OutgoingRequest;
import dev.sotto.client.encryption.verification.TimelineEvent;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.client.store.StagedStore;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// End-to-end encryption of one device, without I/O. It is fed with what syncs bring and says what
/// is to be sent; whoever does the sending tells it what came of it.
///
/// ```java
/// machine.receive(SyncChanges.of(sync));
/// for (OutgoingRequest request : machine.outgoing()) {
///   machine.sent(request.id(), send(request));
/// }
/// ```
///
/// What a call changes is in the store before it returns. For any number of threads. After a
/// `StoreException` it refuses all further calls: what it has in memory is ahead of what is kept,
/// and keys would be used twice; it has to be opened again.
///
/// Nothing that comes in makes it throw, whatever it holds.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#end-to-end-encryption
public final class Machine implements AutoCloseable {
  private final Turns turns;
  private final Parts parts;
  private final Incoming incoming;
  private final Outgoing outgoing;
  private final Writing writing;
  private final CrossSigning crossSigning;
  private final VerificationDesk verification;
  private final HistoryDesk history;
  private final SecretsDesk secrets;
  private final BackupDesk backup;
  private final DehydrationDesk dehydration;

  private Machine(Turns turns, Parts parts) {
    this.turns = turns;
    this.parts = parts;
    this.incoming = new Incoming(parts);
    this.outgoing = new Outgoing(parts, incoming);
    this.writing = new Writing(parts);
    this.crossSigning = new CrossSigning(turns, parts, incoming);
    this.history = new HistoryDesk(turns, parts, incoming);
    this.secrets = new SecretsDesk(turns, parts, incoming);
    this.backup = new BackupDesk(turns, parts, incoming);
    this.dehydration = new DehydrationDesk(turns, parts, incoming);
    this.verification = new VerificationDesk(turns, parts, incoming);
  }

  /// The machine of a device, with what the store has of it. Where there is nothing, the device is
  /// new and gets its keys.
  ///
  /// @param store stays open when the machine is closed; nobody else changes what is the machine's
  /// @throws IllegalStateException if the store holds another device's keys
  /// @throws dev.sotto.client.error.StoreException if it cannot be read or written
  public static Machine open(
      CryptoStore store, UserId user, DeviceId device, SecureRandom random, InstantSource clock) {
    StagedStore staged = new StagedStore(store);
    Parts parts = Parts.open(staged, user, device, random, clock);
    staged.commit();
    return new Machine(new Turns(staged), parts);
  }

  /// Takes in what a sync brought. What came to this device is in the store when this returns, so
  /// that the server may be told that it arrived.
  public List<MachineNews> receive(SyncChanges changes) {
    return turns.take(
        () -> {
          incoming.receive(changes);
          return incoming.takeNews();
        });
  }

  /// Takes in an event of a room that was decrypted: it may belong to a verification.
  public List<MachineNews> receive(TimelineEvent event) {
    return turns.take(
        () -> {
          incoming.receive(event);
          return incoming.takeNews();
        });
  }

  /// What has happened and was not told yet: what a call brings about that has no news as its
  /// answer.
  public List<MachineNews> news() {
    return turns.take(incoming::takeNews);
  }

  /// News were missed: the next sync does not follow the last one that was received.
  public void missedSome() {
    turns.run(parts.tracking()::missedSome);
  }

  /// What is to be sent, in this order. Each is given out once, until it is said what came of it.
  public List<OutgoingRequest> outgoing() {
    return turns.take(outgoing::gather);
  }

  /// The server has answered a request.
  ///
  /// @param id of the request
  /// @throws IllegalArgumentException if no such request is under way
  public List<MachineNews> sent(String id, ObjectNode answer) {
    return turns.take(
        () -> {
          outgoing.sent(id, answer);
          incoming.conclude();
          return incoming.takeNews();
        });
  }

  /// It is not known whether the server has a request; it is given out again, or another in its
  /// place.
  ///
  /// @throws IllegalArgumentException if no such request is under way
  public void unanswered(String id) {
    turns.run(() -> outgoing.unanswered(id));
  }

  /// There is no answer to a request that can be used: it is too long or garbled, or does not come
  /// in time. What asks for many things at once is given out again in parts, and what cannot be had
  /// alone either is left alone for a while; all else is given out again.
  ///
  /// @throws IllegalArgumentException if no such request is under way
  public void unusable(String id) {
    turns.run(() -> outgoing.unusable(id));
  }

  /// The server has refused a request. What it will not take later either is given up, the rest is
  /// given out again.
  ///
  /// @param errcode as the server named it, such as `M_FORBIDDEN`
  /// @throws IllegalArgumentException if no such request is under way
  public void refused(String id, String errcode) {
    turns.run(() -> outgoing.refused(id, errcode));
  }

  /// Whether a room was ever seen to be encrypted.
  public boolean isEncrypted(RoomId room) {
    return turns.take(() -> parts.roomKeys().rooms().isEncrypted(room));
  }

  /// Remembers for ever that a room is encrypted.
  ///
  /// @param settings the content of its `m.room.encryption`
  public void remember(RoomId room, ObjectNode settings) {
    turns.run(() -> parts.roomKeys().rooms().heard(room, settings));
  }

  /// Encrypts a message to a room, for the devices of all who are to read it.
  ///
  /// Whoever has left since the last message is not among the readers; the machine sees to it that
  /// such a user cannot read on.
  ///
  /// @param readers the users who may read the message: the room's members, and those who are
  ///   invited if the room's history is for them as well
  /// @param type of the event inside
  /// @throws IllegalStateException if the room is not known to be encrypted, see [#remember]
  public EncryptionOutcome encrypt(
      RoomId room, Collection<UserId> readers, String type, ObjectNode content) {
    return turns.take(() -> writing.encrypt(room, readers, type, content));
  }

  /// Says which devices are given keys from now on; those that their users have signed unless this
  /// is called.
  public void policy(SharingPolicy policy) {
    turns.run(() -> parts.roomKeys().outbound().policy(policy));
  }

  /// Decrypts an event of a room.
  ///
  /// @param event an `m.room.encrypted` event as the server gave it
  /// @throws DecryptionException if it cannot be read, or must not be believed
  public DecryptedEvent decrypt(RoomId room, ObjectNode event) throws DecryptionException {
    return turns.<Decrypting>take(() -> Decrypting.of(parts, room, event)).outcome();
  }

  private sealed interface Decrypting {
    DecryptedEvent outcome() throws DecryptionException;

    Set<Cause> MISSING_KEY = EnumSet.of(Cause.UNKNOWN_SESSION, Cause.UNKNOWN_INDEX, Cause.WITHHELD);

    record Done(DecryptedEvent outcome) implements Decrypting {}

    record Failed(DecryptionException failure) implements Decrypting {
      @Override
      public DecryptedEvent outcome() throws DecryptionException {
        throw failure;
      }
    }

    static Decrypting of(Parts parts, RoomId room, ObjectNode event) {
      try {
        return new Done(parts.roomKeys().decryption().decrypt(room, event));
      } catch (DecryptionException e) {
        if (MISSING_KEY.contains(e.cause())) {
          SessionName.ofEvent(room, event).ifPresent(parts.backup()::want);
        }
        return new Failed(e);
      }
    }
  }

  /// The keys to all that can be read here, to be put into a file. The caller closes them.
  public List<ExportedKey> exportKeys() {
    return turns.take(() -> parts.roomKeys().inbound().exportKeys());
  }

  /// Takes up keys that were in a file.
  ///
  /// @return how many sessions can be read better for it
  public int importKeys(Collection<ExportedKey> keys) {
    return turns.take(
        () -> {
          int better = parts.roomKeys().inbound().importKeys(keys, KeyOrigin.EXPORT).size();
          incoming.conclude();
          return better;
        });
  }

  /// The devices of a user as far as they are known.
  public Collection<Device> devices(UserId user) {
    return turns.take(() -> parts.tracking().devices(user).values());
  }

  /// What is known of whose a device is.
  public DeviceTrust trust(Device device) {
    return turns.take(() -> parts.identities().trust(device));
  }

  /// Has a device given no keys and no secrets any more, whatever else is known of it; or lifts
  /// that.
  public void block(Device device, boolean now) {
    turns.run(() -> parts.roomKeys().outbound().block(device, now));
  }

  /// Whether a device is given nothing.
  public boolean isBlocked(Device device) {
    return turns.take(() -> parts.roomKeys().outbound().isBlocked(device));
  }

  /// This device's fingerprint, which people may compare.
  public VerifyKey fingerprint() {
    return turns.take(() -> parts.account().keys().ed25519Key());
  }

  /// The history of rooms, for those who are invited.
  public HistoryDesk history() {
    return history;
  }

  /// The user's own identity, and whose identities are believed.
  public CrossSigning crossSigning() {
    return crossSigning;
  }

  /// The private keys of the identity and of the backup.
  public SecretsDesk secrets() {
    return secrets;
  }

  /// The backup of room keys on the server.
  public BackupDesk backup() {
    return backup;
  }

  /// Devices that are sent room keys while this one is not there.
  public DehydrationDesk dehydration() {
    return dehydration;
  }

  /// Verifications with others and with one's own devices.
  public VerificationDesk verification() {
    return verification;
  }

  /// Forgets what is in memory; what is in the store stays, and so does the store.
  @Override
  public void close() {
    turns.close(parts::close);
  }
}
