package dev.sotto.client.interop;

import dev.sotto.client.encryption.DehydrationDesk;
import dev.sotto.client.encryption.EncryptionOutcome;
import dev.sotto.client.encryption.Machine;
import dev.sotto.client.encryption.SyncChanges;
import dev.sotto.client.encryption.attachment.AttachmentException;
import dev.sotto.client.encryption.attachment.Attachments;
import dev.sotto.client.encryption.attachment.EncryptedFile;
import dev.sotto.client.encryption.backup.BackupReader;
import dev.sotto.client.encryption.backup.BackupState;
import dev.sotto.client.encryption.backup.DehydrationException;
import dev.sotto.client.encryption.backup.RestoreOutcome;
import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.identity.BootstrapOutcome;
import dev.sotto.client.encryption.identity.KeyRole;
import dev.sotto.client.encryption.megolm.DecryptedEvent;
import dev.sotto.client.encryption.megolm.DecryptionException;
import dev.sotto.client.encryption.megolm.HistoryBundle;
import dev.sotto.client.encryption.megolm.KeyFile;
import dev.sotto.client.encryption.megolm.KeyFileException;
import dev.sotto.client.encryption.megolm.Sharing;
import dev.sotto.client.encryption.megolm.SharingPolicy;
import dev.sotto.client.encryption.request.OutgoingRequest;
import dev.sotto.client.encryption.secrets.SecretName;
import dev.sotto.client.encryption.verification.TimelineEvent;
import dev.sotto.client.engine.PickleKey;
import dev.sotto.client.interop.FakeHomeserver.Endpoint;
import dev.sotto.client.interop.Reading.Cause;
import dev.sotto.client.interop.Reading.Trust;
import dev.sotto.client.memory.SecretText;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.client.verification.Method;
import dev.sotto.client.verification.Verification;
import dev.sotto.protocol.crypto.UnpaddedBase64;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.io.ByteArrayInputStream;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// A device whose machine is ours.
final class SottoMachine extends Peer {
  private final MemoryStore store = new MemoryStore();
  private final Attachments attachments = new Attachments(new SecureRandom());
  private final Map<EventId, DeviceId> senders = new HashMap<>();
  private final Map<String, Verification> verifications = new HashMap<>();
  private Recipients recipients = Recipients.ALL_DEVICES;
  private String lastEvent = "";
  private Machine machine;

  SottoMachine(FakeHomeserver server, Endpoint endpoint) {
    super(server, endpoint);
    machine = open(store, endpoint);
    sendTo(recipients);
  }

  private static Machine open(MemoryStore store, Endpoint endpoint) {
    Machine machine =
        Machine.open(
            store, endpoint.user(), endpoint.device(), new SecureRandom(), InstantSource.system());
    machine.verification().offer(EnumSet.allOf(Method.class));
    return machine;
  }

  @Override
  void restart() {
    machine.close();
    machine = open(store, endpoint);
    sendTo(recipients);
  }

  @Override
  List<OutgoingRequest> outgoing() {
    return machine.outgoing();
  }

  @Override
  void sent(OutgoingRequest request, ObjectNode answer) {
    if (request instanceof OutgoingRequest.RoomMessage) {
      lastEvent = answer.path("event_id").stringValue("");
    }
    machine.sent(request.id(), answer);
  }

  @Override
  void refused(OutgoingRequest request, String errcode) {
    machine.refused(request.id(), errcode);
  }

  @Override
  void receive(ObjectNode sync) {
    machine.receive(SyncChanges.of(sync));
  }

  @Override
  void track(Set<UserId> users) {
    users.forEach(machine.crossSigning()::trust);
    send();
  }

  @Override
  ObjectNode encrypt(RoomId room, String type, ObjectNode content) {
    for (; ; ) {
      switch (machine.encrypt(room, server.rooms.members(room), type, content)) {
        case EncryptionOutcome.Encrypted encrypted -> {
          // The key goes ahead of what it is for.
          send();
          return encrypted.content();
        }
        case EncryptionOutcome.NotYet _ -> {
          if (!send()) {
            throw new IllegalStateException("It waits, and has nothing to send.");
          }
        }
        case EncryptionOutcome.OwnersChanged(Set<UserId> users) ->
            throw new IllegalStateException(users + " have another identity");
        case EncryptionOutcome.Unsupported _ -> throw new IllegalStateException("unsupported");
      }
    }
  }

  @Override
  void sendTo(Recipients wanted) {
    recipients = wanted;
    machine.policy(
        switch (wanted) {
          case ALL_DEVICES -> SharingPolicy.ALL_DEVICES;
          case SIGNED_DEVICES -> SharingPolicy.SIGNED_DEVICES;
        });
  }

  @Override
  void rotate(RoomId room) {
    // Somebody was there, and left.
    ObjectNode sync = Json.object();
    sync.set("device_one_time_keys_count", server.keys.counts(endpoint));
    ObjectNode event = Json.object().put("type", "m.room.member").put("state_key", "@guest:x");
    event.putObject("content").put("membership", "leave");
    sync.withObjectProperty("rooms")
        .withObjectProperty("join")
        .putObject(room.value())
        .putObject("timeline")
        .putArray("events")
        .add(event);
    receive(sync);
  }

  @Override
  Reading decrypt(RoomId room, ObjectNode event) {
    try {
      DecryptedEvent read = machine.decrypt(room, event);
      EventId id = new EventId(event.path("event_id").stringValue());
      read.device().ifPresent(device -> senders.put(id, device.id()));
      return new Reading.Clear(
          read.sender(), read.type(), read.content(), trust(read), read.session().giver());
    } catch (DecryptionException e) {
      return new Reading.Refused(cause(e), String.valueOf(e.getMessage()));
    }
  }

  private static Trust trust(DecryptedEvent read) {
    return switch (read.trust()) {
      case VERIFIED -> Trust.VERIFIED;
      case SIGNED -> Trust.SIGNED;
      case UNSIGNED -> Trust.UNSIGNED;
      case OWNER_CHANGED -> Trust.OWNER_CHANGED;
      case UNKNOWN_DEVICE, UNPROVEN -> Trust.UNKNOWN;
    };
  }

  private static Cause cause(DecryptionException e) {
    return switch (e.cause()) {
      case UNKNOWN_SESSION -> Cause.UNKNOWN_SESSION;
      case UNKNOWN_INDEX -> Cause.UNKNOWN_INDEX;
      case WITHHELD -> Cause.WITHHELD;
      case REPLAY -> Cause.REPLAYED;
      case WRONG_SENDER -> Cause.WRONG_SENDER;
      case WRONG_ROOM, TAMPERED, UNSUPPORTED_ALGORITHM, MALFORMED -> Cause.UNREADABLE;
    };
  }

  @Override
  void bootstrapCrossSigning() {
    if (machine.crossSigning().bootstrap() != BootstrapOutcome.MADE) {
      machine.crossSigning().reset();
    }
    send();
  }

  @Override
  boolean hasPrivateIdentity() {
    return machine.crossSigning().status().privateKeys().equals(Set.of(KeyRole.values()));
  }

  private Device device(Peer of) {
    return machine.devices(of.user()).stream()
        .filter(device -> device.id().equals(of.device()))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(of.endpoint + " is not known"));
  }

  @Override
  Trust trust(Peer other) {
    return switch (machine.trust(device(other))) {
      case VERIFIED -> Trust.VERIFIED;
      case SIGNED -> Trust.SIGNED;
      case UNSIGNED -> Trust.UNSIGNED;
      case OWNER_CHANGED -> Trust.OWNER_CHANGED;
    };
  }

  @Override
  String requestVerification(Peer other) {
    Verification made = machine.verification().request(other.user(), other.device());
    int before = sent().size();
    send();
    String flow =
        sent().subList(before, sent().size()).stream()
            .map(request -> request.body().findPath("transaction_id").stringValue(""))
            .filter(name -> !name.isEmpty())
            .findFirst()
            .orElseThrow();
    verifications.put(flow, made);
    return flow;
  }

  @Override
  String requestVerification(UserId other, RoomId room) {
    Verification made = machine.verification().request(room, other);
    send();
    verifications.put(lastEvent, made);
    return lastEvent;
  }

  @Override
  void hearVerification(RoomId room, ObjectNode event) {
    EventId id = new EventId(event.path("event_id").stringValue());
    machine.receive(
        new TimelineEvent(
            room,
            id,
            new UserId(event.path("sender").stringValue()),
            senders.get(id),
            Instant.ofEpochMilli(event.path("origin_server_ts").longValue()),
            event.path("type").stringValue(),
            (ObjectNode) event.path("content")));
  }

  /// The verification as it is now. One that others asked for gets its name here.
  private Verification verification(UserId other, String flow) {
    Verification known =
        verifications.computeIfAbsent(
            flow,
            _ ->
                machine.verification().open().stream()
                    .filter(open -> open.peer().user().equals(other))
                    .findFirst()
                    .orElseThrow());
    return machine.verification().now(known);
  }

  private <T extends Verification> T verification(Class<T> phase, UserId other, String flow) {
    Verification now = verification(other, flow);
    if (!phase.isInstance(now)) {
      throw new IllegalStateException("The verification is not " + phase + " but " + now);
    }
    return phase.cast(now);
  }

  @Override
  void acceptVerification(UserId other, String flow) {
    machine.verification().accept(verification(Verification.RequestReceived.class, other, flow));
    send();
  }

  @Override
  void startSas(UserId other, String flow) {
    machine.verification().start(verification(Verification.Ready.class, other, flow));
    send();
  }

  @Override
  void acceptSas(UserId other, String flow) {
    // It goes along by itself.
  }

  private Verification.KeysExchanged codes(UserId other, String flow) {
    return verification(Verification.KeysExchanged.class, other, flow);
  }

  @Override
  List<String> emoji(UserId other, String flow) {
    return codes(other, flow).emoji().stream()
        .map(sign -> sign.symbol() + " " + sign.description())
        .toList();
  }

  @Override
  List<Integer> decimals(UserId other, String flow) {
    return codes(other, flow).decimals();
  }

  @Override
  void confirmSas(UserId other, String flow) {
    machine.verification().confirm(codes(other, flow));
    send();
  }

  @Override
  void denySas(UserId other, String flow) {
    machine.verification().mismatch(codes(other, flow));
    send();
  }

  @Override
  byte[] showCode(UserId other, String flow) {
    return machine
        .verification()
        .qrCode(verification(Verification.Ready.class, other, flow))
        .orElseThrow();
  }

  @Override
  void scanCode(UserId other, String flow, byte[] code) {
    machine.verification().scan(verification(Verification.Ready.class, other, flow), code);
    send();
  }

  @Override
  void confirmScan(UserId other, String flow) {
    machine.verification().confirm(verification(Verification.Scanned.class, other, flow));
    send();
  }

  @Override
  Phase phase(UserId other, String flow) {
    return switch (verification(other, flow)) {
      case Verification.RequestSent _, Verification.RequestReceived _, Verification.Unsupported _ ->
          Phase.REQUESTED;
      case Verification.Ready _ -> Phase.READY;
      case Verification.Started _,
          Verification.KeysExchanged _,
          Verification.Scanned _,
          Verification.Confirmed _ ->
          Phase.STARTED;
      case Verification.Done _ -> Phase.DONE;
      case Verification.Cancelled _ -> Phase.CANCELLED;
    };
  }

  @Override
  String exportKeys(String passphrase) {
    return KeyFile.write(machine.exportKeys(), passphrase.toCharArray(), new SecureRandom());
  }

  @Override
  int importKeys(String file, String passphrase) {
    try {
      return machine.importKeys(KeyFile.read(file, passphrase.toCharArray()));
    } catch (KeyFileException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  void shareHistory(RoomId room, UserId with) {
    ObjectNode bundle = machine.history().bundle(room).orElseThrow();
    Attachments.Encrypted sealed = attachments.encrypt(Json.bytes(bundle));
    EncryptedFile file = new EncryptedFile(server.upload(sealed.ciphertext()), sealed.key());
    while (machine.history().share(room, file, with) instanceof Sharing.Waiting) {
      if (!send()) {
        throw new IllegalStateException("It waits, and has nothing to send.");
      }
    }
    send();
  }

  @Override
  void takeHistory(RoomId room, UserId from) {
    machine.history().joined(room, from);
    send();
    for (HistoryBundle bundle : machine.history().toFetch()) {
      byte[] sealed = server.download(bundle.file().url());
      try {
        byte[] opened = attachments.decrypt(sealed, bundle.file().key());
        machine.history().fetched(bundle, Json.parseObject(opened));
      } catch (AttachmentException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Override
  String createBackup() {
    machine.backup().create();
    send();
    try (SecretText key = machine.secrets().secret(SecretName.BACKUP).orElseThrow()) {
      return key.text();
    }
  }

  @Override
  boolean trustsBackup() {
    machine.backup().recheck();
    send();
    return machine.backup().state() instanceof BackupState.Active;
  }

  @Override
  void backUp() {
    send();
  }

  @Override
  int restoreBackup(String privateKey) {
    try (SecretText key = SecretText.of(privateKey)) {
      machine.secrets().take(SecretName.BACKUP, key);
    }
    send();
    byte[] all = Json.bytes(server.backups.keys(user()));
    try (BackupReader reader = BackupReader.of(new ByteArrayInputStream(all))) {
      RestoreOutcome restored = machine.backup().restore(reader.next(Integer.MAX_VALUE));
      // One that a message needed was fetched by itself.
      return restored.imported() + restored.known();
    }
  }

  @Override
  void requestSecrets() {
    // It asks by itself as soon as a device of the same user is verified.
    send();
  }

  @Override
  boolean hasBackupKey() {
    Optional<SecretText> key = machine.secrets().secret(SecretName.BACKUP);
    key.ifPresent(SecretText::close);
    return key.isPresent();
  }

  @Override
  void dehydrate(String key) {
    try (PickleKey opened = PickleKey.of(UnpaddedBase64.decode(key))) {
      server.dehydrate(user(), machine.dehydration().make(opened, "Asleep"));
      machine.dehydration().made();
    } catch (DehydrationException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  void rehydrate(String key) {
    ObjectNode received = Json.object();
    server.dehydratedEvents(user()).forEach(received.putArray("events")::add);
    try (PickleKey opened = PickleKey.of(UnpaddedBase64.decode(key));
        DehydrationDesk.Woken woken =
            machine.dehydration().wake(opened, server.dehydrated(user()))) {
      woken.receive(received);
    } catch (DehydrationException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    machine.close();
  }
}
