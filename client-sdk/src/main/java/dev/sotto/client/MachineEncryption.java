package dev.sotto.client;

import dev.sotto.client.encryption.Machine;
import dev.sotto.client.encryption.MachineNews;
import dev.sotto.client.encryption.SyncChanges;
import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.megolm.DecryptedEvent;
import dev.sotto.client.encryption.megolm.DecryptionException;
import dev.sotto.client.encryption.request.OutgoingRequest;
import dev.sotto.client.event.Envelope;
import dev.sotto.client.event.EventReader;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.client.event.Trust;
import dev.sotto.client.event.Undecryptable;
import dev.sotto.client.http.MatrixRequestException;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/// The machine, as the client wants it.
final class MachineEncryption implements Encryption {
  private final Machine machine;
  private final Consumer<MachineNews> news;

  MachineEncryption(Machine machine, Consumer<MachineNews> news) {
    this.machine = machine;
    this.news = news;
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
            new dev.sotto.client.encryption.verification.RoomEvent(
                event.room(),
                event.id(),
                event.sender(),
                event.device().orElse(null),
                event.sentAt(),
                event.type(),
                event.content())));
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
  public void refused(OutgoingRequest request, MatrixRequestException refusal) {
    machine.refused(request.id());
  }

  @Override
  public Optional<ObjectNode> encrypt(
      RoomId room, Collection<UserId> readers, String type, ObjectNode content) {
    throw new IllegalStateException("The room is encrypted, and this client cannot encrypt.");
  }

  @Override
  public RoomEvent decrypt(Envelope encrypted) {
    try {
      DecryptedEvent inside = machine.decrypt(encrypted.room(), encrypted.json());
      return EventReader.read(
          encrypted.decrypted(
              inside.type(),
              inside.content(),
              Trust.valueOf(inside.trust().name()),
              inside.device().map(Device::id)));
    } catch (DecryptionException e) {
      return new Undecryptable(
          encrypted.trusted(Trust.UNPROVEN),
          Undecryptable.Cause.valueOf(e.cause().name()),
          String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    machine.close();
  }
}
