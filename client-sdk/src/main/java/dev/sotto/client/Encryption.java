package dev.sotto.client;

import dev.sotto.client.encryption.request.OutgoingRequest;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.event.Envelope;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
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
  void receive(ObjectNode sync);

  /// Takes an event of a room that was decrypted: it may belong to a verification.
  void receiveDecrypted(Envelope event);

  /// Not all news were heard of: whose devices are known is to be asked again.
  void missedSome();

  /// Takes what the user has said elsewhere of whether keys are to be backed up.
  void preferBackup(boolean wanted);

  /// Wants to know a user's devices; asking for them is then among what is to be sent.
  void track(UserId user);

  /// What is to be sent to the server. Each is given out once, until it is said what came of it.
  List<OutgoingRequest> outgoing();

  /// The server has answered.
  void sent(OutgoingRequest request, ObjectNode answer);

  /// It is not known whether the server has the request; it is given out again, or another in its
  /// place.
  void unanswered(OutgoingRequest request);

  /// There is no answer that can be used, and there would be none the next time; what asks for many
  /// things at once is given out again in parts.
  void unusable(OutgoingRequest request);

  /// The server has refused the request for good.
  void refused(OutgoingRequest request, MatrixRequestException refusal);

  /// The message can never be sent as it is, so that its verification fails.
  void unsendable(OutgoingRequest.RoomMessage message);

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
