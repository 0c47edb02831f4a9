package dev.sotto.client.encryption.megolm;

import dev.sotto.client.encryption.device.Device;
import dev.sotto.client.encryption.identity.DeviceTrust;
import dev.sotto.client.encryption.megolm.DecryptionException.Cause;
import dev.sotto.client.engine.Curve25519Key;
import dev.sotto.client.engine.DecryptedMegolm;
import dev.sotto.client.engine.EngineException;
import dev.sotto.client.engine.MegolmMessage;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads the encrypted events of rooms. Not for several threads.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#mmegolmv1aes-sha2
public final class Decryption {
  static final String RELATION = "m.relates_to";

  private final InboundSessions sessions;
  private final SeenIndexes seen;
  private final WithheldKeys withheld;
  private final KeyRequests requests;
  private final Function<UserId, Collection<Device>> devices;
  private final Function<Device, DeviceTrust> trust;

  Decryption(
      InboundSessions sessions,
      SeenIndexes seen,
      WithheldKeys withheld,
      KeyRequests requests,
      Function<UserId, Collection<Device>> devices,
      Function<Device, DeviceTrust> trust) {
    this.sessions = sessions;
    this.seen = seen;
    this.withheld = withheld;
    this.requests = requests;
    this.devices = devices;
    this.trust = trust;
  }

  /// What stands outside of what is encrypted: all of it is the server's word.
  private record Envelope(
      EventId id, UserId sender, long time, ObjectNode content, SessionName session) {
    static Envelope of(RoomId room, ObjectNode event) throws DecryptionException {
      Optional<EventId> id = Fields.event(event, "event_id");
      Optional<UserId> sender = Fields.user(event, "sender");
      JsonNode time = event.path("origin_server_ts");
      Optional<ObjectNode> content = Fields.object(event, "content");
      if (id.isEmpty() || sender.isEmpty() || !time.canConvertToLong() || content.isEmpty()) {
        throw new DecryptionException(Cause.MALFORMED);
      }
      if (Fields.text(content.get(), "algorithm").isEmpty()) {
        throw new DecryptionException(Cause.MALFORMED);
      }
      if (!Fields.isMegolm(content.get())) {
        throw new DecryptionException(Cause.UNSUPPORTED_ALGORITHM);
      }
      String session =
          Fields.session(content.get(), "session_id")
              .orElseThrow(() -> new DecryptionException(Cause.MALFORMED));
      return new Envelope(
          id.get(), sender.get(), time.longValue(), content.get(), new SessionName(room, session));
    }

    MegolmMessage message() throws DecryptionException {
      try {
        return MegolmMessage.ofBase64(Fields.text(content, "ciphertext").orElse("?"));
      } catch (EngineException _) {
        throw new DecryptionException(Cause.MALFORMED);
      }
    }
  }

  /// Reads an `m.room.encrypted` event of a room. If its key is missing, that is asked for.
  ///
  /// @param room the room that the server says it is of
  /// @param event as the server gave it, with `event_id`, `sender`, `origin_server_ts`, `content`
  public DecryptedEvent decrypt(RoomId room, ObjectNode event) throws DecryptionException {
    Envelope envelope = Envelope.of(room, event);
    MegolmMessage message = envelope.message();
    Optional<InboundSession> found = sessions.find(envelope.session);
    if (found.isEmpty()) {
      throw missing(envelope, Cause.UNKNOWN_SESSION);
    }
    InboundSession session = found.get();
    DecryptedMegolm decrypted = decrypt(envelope, session, message);
    Optional<UserId> owner = session.facts().owner();
    if (owner.isPresent() && !owner.get().equals(envelope.sender)) {
      throw new DecryptionException(Cause.WRONG_SENDER);
    }
    ObjectNode plain = plain(decrypted.plaintext());
    String type = Fields.text(plain, "type").orElse("");
    Optional<ObjectNode> content = Fields.object(plain, "content");
    Optional<String> said = Fields.text(plain, "room_id");
    if (type.isEmpty() || content.isEmpty() || said.isEmpty()) {
      throw new DecryptionException(Cause.MALFORMED);
    }
    if (!said.get().equals(room.value())) {
      throw new DecryptionException(Cause.WRONG_ROOM);
    }
    // Last, so that nothing refused takes an index from a message that is good.
    if (!seen.take(envelope.session, decrypted.index(), envelope.id, envelope.time)) {
      throw new DecryptionException(Cause.REPLAY);
    }
    MessageTrust reached = trust(session);
    return new DecryptedEvent(
        type,
        related(content.get(), envelope.content),
        envelope.sender,
        session.facts().device(),
        reached,
        session.facts(),
        decrypted.index());
  }

  private DecryptedMegolm decrypt(Envelope envelope, InboundSession session, MegolmMessage message)
      throws DecryptionException {
    try {
      return session.megolm().decrypt(message);
    } catch (EngineException e) {
      if (e.reason() == EngineException.Reason.UNKNOWN_INDEX) {
        throw missing(envelope, Cause.UNKNOWN_INDEX);
      }
      throw new DecryptionException(Cause.TAMPERED);
    }
  }

  /// Says what is known of why the key is missing, and asks for it.
  private DecryptionException missing(Envelope envelope, Cause cause) {
    Optional<String> senderKey =
        Fields.curve25519(envelope.content, "sender_key").map(Curve25519Key::base64);
    requests.want(envelope.session, senderKey);
    return withheld
        .code(envelope.session, envelope.sender, senderKey)
        .map(DecryptionException::withheld)
        .orElseGet(() -> new DecryptionException(cause));
  }

  private static ObjectNode plain(byte[] plaintext) throws DecryptionException {
    try {
      return Json.parseObject(plaintext);
    } catch (MatrixException _) {
      throw new DecryptionException(Cause.MALFORMED);
    }
  }

  /// The server goes by the relation that it sees, so that one holds, also where it sees none.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#forming-relationships-between-events
  private static ObjectNode related(ObjectNode content, ObjectNode outside) {
    content.remove(RELATION);
    Fields.object(outside, RELATION)
        .ifPresent(relation -> content.set(RELATION, relation.deepCopy()));
    return content;
  }

  /// How far the device that made the session is trusted now. Its keys may have been signed, or
  /// heard of, since the session came.
  private MessageTrust trust(InboundSession session) {
    SessionFacts facts = session.facts();
    if (facts.origin() == KeyOrigin.OWN) {
      return MessageTrust.VERIFIED;
    }
    if (!facts.origin().signed() || facts.owner().isEmpty()) {
      return MessageTrust.UNPROVEN;
    }
    MessageTrust known = facts.device().map(this::trust).orElse(MessageTrust.UNKNOWN_DEVICE);
    boolean mayBeMore = known == MessageTrust.UNKNOWN_DEVICE || known == MessageTrust.UNSIGNED;
    if (!mayBeMore || session.lookedUp()) {
      return known;
    }
    for (Device device : devices.apply(facts.owner().get())) {
      boolean same = facts.device().map(device::equals).orElse(false);
      if (facts.isMadeBy(device) && !same) {
        sessions.learned(session, device);
        known = trust(device);
      }
    }
    session.lookedUp(true);
    return known;
  }

  private MessageTrust trust(Device device) {
    return switch (trust.apply(device)) {
      case VERIFIED -> MessageTrust.VERIFIED;
      case SIGNED -> MessageTrust.SIGNED;
      case UNSIGNED -> MessageTrust.UNSIGNED;
      case OWNER_CHANGED -> MessageTrust.OWNER_CHANGED;
    };
  }
}
