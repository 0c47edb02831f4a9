package dev.sotto.client;

import dev.sotto.client.encryption.EncryptionOutcome.Encrypted;
import dev.sotto.client.encryption.EncryptionOutcome.NotYet;
import dev.sotto.client.encryption.EncryptionOutcome.OwnersChanged;
import dev.sotto.client.encryption.EncryptionOutcome.Unsupported;
import dev.sotto.client.encryption.Machine;
import dev.sotto.client.encryption.MachineNews;
import dev.sotto.client.encryption.SyncChanges;
import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.megolm.DecryptedEvent;
import dev.sotto.client.encryption.megolm.DecryptionException;
import dev.sotto.client.encryption.megolm.MessageTrust;
import dev.sotto.client.encryption.request.OutgoingRequest;
import dev.sotto.client.encryption.verification.TimelineEvent;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.event.Envelope;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.client.event.Trust;
import dev.sotto.client.event.Undecryptable;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// The machine, as the client wants it.
final class MachineEncryption implements Encryption {
  private final Machine machine;
  private final Consumer<MachineNews> news;
  private final BiConsumer<RoomId, Encrypted> leftOut;

  /// @param news hears what happens in the machine
  /// @param leftOut hears who cannot read a message that is about to be sent
  MachineEncryption(
      Machine machine, Consumer<MachineNews> news, BiConsumer<RoomId, Encrypted> leftOut) {
    this.machine = machine;
    this.news = news;
    this.leftOut = leftOut;
  }

  private void tell(List<MachineNews> all) {
    all.forEach(news);
  }

  @Override
  public boolean isEncrypted(RoomId room) {
    return machine.isEncrypted(room);
  }

  @Override
  public void remember(RoomId room, ObjectNode settings) {
    machine.remember(room, settings);
  }

  @Override
  public void receive(ObjectNode sync) {
    tell(machine.receive(SyncChanges.of(sync)));
  }

  @Override
  public void receiveDecrypted(Envelope event) {
    tell(
        machine.receive(
            new TimelineEvent(
                event.room(),
                event.id(),
                event.sender(),
                event.device().orElse(null),
                event.sentAt(),
                event.type(),
                event.content())));
  }

  @Override
  public void missedSome() {
    machine.missedSome();
  }

  @Override
  public void track(UserId user) {
    machine.crossSigning().trust(user);
  }

  @Override
  public List<OutgoingRequest> outgoing() {
    return machine.outgoing();
  }

  @Override
  public void sent(OutgoingRequest request, ObjectNode answer) {
    tell(machine.sent(request.id(), answer));
  }

  @Override
  public void unanswered(OutgoingRequest request) {
    machine.unanswered(request.id());
  }

  @Override
  public void unusable(OutgoingRequest request) {
    machine.unusable(request.id());
  }

  @Override
  public void refused(OutgoingRequest request, MatrixRequestException refusal) {
    machine.refused(request.id(), refusal.errcode());
  }

  @Override
  public void preferBackup(boolean wanted) {
    machine.backup().enable(wanted);
  }

  @Override
  public void unsendable(OutgoingRequest.RoomMessage message) {
    // As if the server had said that it never takes it.
    machine.refused(message.id(), "M_FORBIDDEN");
  }

  @Override
  public Optional<ObjectNode> encrypt(
      RoomId room, Collection<UserId> readers, String type, ObjectNode content) {
    return switch (machine.encrypt(room, readers, type, content)) {
      case Encrypted encrypted -> {
        leftOut.accept(room, encrypted);
        yield Optional.of(encrypted.content());
      }
      case NotYet() -> Optional.empty();
      case OwnersChanged(Set<UserId> users) ->
          throw new IllegalStateException(
              "The message was not sent, as the identity of a user is not the one that was"
                  + " verified: "
                  + users.stream().map(UserId::value).sorted().collect(Collectors.joining(", ")));
      case Unsupported() ->
          throw new IllegalStateException(
              "The message was not sent: the room is encrypted in a way that is not known here.");
    };
  }

  @Override
  public RoomEvent decrypt(Envelope encrypted) {
    try {
      DecryptedEvent inside = machine.decrypt(encrypted.room(), encrypted.json());
      return EventReader.read(
          Envelopes.decrypted(
              encrypted,
              inside.type(),
              inside.content(),
              trust(inside.trust()),
              inside.session().giver(),
              inside.device().map(Device::id)));
    } catch (DecryptionException e) {
      return new Undecryptable(
          Envelopes.unread(encrypted), cause(e.cause()), String.valueOf(e.getMessage()));
    }
  }

  private static Trust trust(MessageTrust message) {
    return switch (message) {
      case VERIFIED -> Trust.VERIFIED;
      case SIGNED -> Trust.SIGNED;
      case UNSIGNED -> Trust.UNSIGNED;
      case OWNER_CHANGED -> Trust.OWNER_CHANGED;
      case UNKNOWN_DEVICE -> Trust.UNKNOWN_DEVICE;
      case UNPROVEN -> Trust.UNPROVEN;
    };
  }

  private static Undecryptable.Cause cause(DecryptionException.Cause cause) {
    return switch (cause) {
      case UNKNOWN_SESSION -> Undecryptable.Cause.UNKNOWN_SESSION;
      case UNKNOWN_INDEX -> Undecryptable.Cause.UNKNOWN_INDEX;
      case WITHHELD -> Undecryptable.Cause.WITHHELD;
      case REPLAY -> Undecryptable.Cause.REPLAY;
      case WRONG_SENDER -> Undecryptable.Cause.WRONG_SENDER;
      case WRONG_ROOM -> Undecryptable.Cause.WRONG_ROOM;
      case TAMPERED -> Undecryptable.Cause.TAMPERED;
      case UNSUPPORTED_ALGORITHM -> Undecryptable.Cause.UNSUPPORTED_ALGORITHM;
      case MALFORMED -> Undecryptable.Cause.MALFORMED;
    };
  }

  @Override
  public void close() {
    machine.close();
  }
}
