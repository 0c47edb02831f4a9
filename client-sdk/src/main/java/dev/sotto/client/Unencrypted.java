package dev.sotto.client;

import dev.sotto.client.encryption.request.OutgoingRequest;
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
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The encryption of a client that has none: it reads nothing and sends nothing in encrypted rooms.
final class Unencrypted implements Encryption {
  private final Set<RoomId> encrypted = ConcurrentHashMap.newKeySet();

  @Override
  public boolean isEncrypted(RoomId room) {
    return encrypted.contains(room);
  }

  @Override
  public void remember(RoomId room, ObjectNode settings) {
    encrypted.add(room);
  }

  @Override
  public Set<RoomId> receive(ObjectNode sync) {
    return Set.of();
  }

  @Override
  public void receiveDecrypted(Envelope event) {}

  @Override
  public List<OutgoingRequest> outgoing() {
    return List.of();
  }

  @Override
  public void sent(OutgoingRequest request, ObjectNode answer) {}

  @Override
  public void failed(OutgoingRequest request, @Nullable String errcode) {}

  @Override
  public Optional<ObjectNode> encrypt(
      RoomId room, Collection<UserId> readers, String type, ObjectNode content) {
    throw new IllegalStateException("The room is encrypted, and this client cannot encrypt.");
  }

  @Override
  public RoomEvent decrypt(Envelope encrypted) {
    return new Undecryptable(
        encrypted.trusted(Trust.UNPROVEN),
        Undecryptable.Cause.UNKNOWN_SESSION,
        "This client cannot decrypt.");
  }

  @Override
  public void close() {}
}
