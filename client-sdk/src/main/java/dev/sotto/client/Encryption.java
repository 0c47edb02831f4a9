package dev.sotto.client;

import dev.sotto.client.encryption.request.OutgoingRequest;
import dev.sotto.client.event.Envelope;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// What the client wants of end-to-end encryption. For any number of threads.
interface Encryption extends AutoCloseable {
  /// Whether this room was ever seen to be encrypted.
  boolean isEncrypted(RoomId room);

  /// Remembers for ever that this room is encrypted.
  ///
  /// @param settings the content of its m.room.encryption
  void remember(RoomId room, ObjectNode settings);

  /// Takes the news: keys, and whose devices have changed.
  ///
  /// @return the rooms of which there are new keys
  Set<RoomId> receive(ObjectNode sync);

  /// Takes an event of a room that was decrypted: it may belong to a verification.
  void receiveDecrypted(Envelope event);

  /// What is to be sent to the server.
  List<OutgoingRequest> outgoing();

  /// The server has answered.
  void sent(OutgoingRequest request, ObjectNode answer);

  /// The server has not answered, or refused.
  ///
  /// @param errcode why it refused; null where it did not answer
  void failed(OutgoingRequest request, @Nullable String errcode);

  /// Encrypts for the devices of these users, or says empty: then what is [#outgoing] has to be
  /// sent first.
  ///
  /// @throws IllegalStateException if it cannot be encrypted; the message says why
  Optional<ObjectNode> encrypt(
      RoomId room, Collection<UserId> readers, String type, ObjectNode content);

  /// The event inside, or one that says why it cannot be read.
  RoomEvent decrypt(Envelope encrypted);

  @Override
  void close();
}
