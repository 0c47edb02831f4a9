package dev.sotto.client;

import dev.sotto.client.encryption.attachment.AttachmentKey;
import dev.sotto.client.encryption.attachment.Attachments;
import dev.sotto.client.encryption.attachment.EncryptedFile;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.http.Request;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The only way out for what people say. In an encrypted room nothing leaves but ciphertext and the
/// few things that the specification has in the clear, stripped of all that could be read.
///
/// Whether a room is encrypted is remembered for ever; where it is not known the server is asked,
/// and where it does not say nothing is sent.
final class Outlet {
  private static final String ROOM = "/_matrix/client/v3/rooms/{}";
  private static final String UPLOAD = "/_matrix/media/v3/upload";
  private static final String OCTET_STREAM = "application/octet-stream";
  private static final Duration UPLOAD_TIMEOUT = Duration.ofMinutes(10);
  private static final int MOST_ROUNDS = 10;

  /// State that the specification has, which cannot be encrypted and is not what people say to each
  /// other. Names and topics are among it: whoever sets them wants them to be seen.
  private static final Set<String> CLEAR_STATE =
      Set.of(
          EventTypes.POWER_LEVELS,
          EventTypes.JOIN_RULES,
          EventTypes.HISTORY_VISIBILITY,
          EventTypes.GUEST_ACCESS,
          EventTypes.ENCRYPTION,
          EventTypes.CANONICAL_ALIAS,
          EventTypes.NAME,
          EventTypes.TOPIC,
          EventTypes.AVATAR,
          EventTypes.PINNED_EVENTS,
          EventTypes.SERVER_ACL,
          EventTypes.TOMBSTONE,
          EventTypes.SPACE_CHILD,
          EventTypes.SPACE_PARENT);

  private final Calls calls;
  private final KnownRooms rooms;
  private final MemberLists members;
  private final Encryption encryption;
  private final Currency currency;
  private final Pump pump;
  private final Transactions transactions;
  private final Attachments attachments;

  Outlet(
      Calls calls,
      KnownRooms rooms,
      MemberLists members,
      Encryption encryption,
      Currency currency,
      Pump pump,
      Transactions transactions,
      Attachments attachments) {
    this.calls = calls;
    this.rooms = rooms;
    this.members = members;
    this.encryption = encryption;
    this.currency = currency;
    this.pump = pump;
    this.transactions = transactions;
    this.attachments = attachments;
  }

  /// Whether a room is encrypted.
  ///
  /// @throws MatrixRequestException if that is not known and the server does not say
  boolean isEncrypted(RoomId room) {
    if (encryption.isEncrypted(room)) {
      return true;
    }
    RoomFacts facts = rooms.facts(room);
    Optional<ObjectNode> settings = facts.encryption();
    if (settings.isEmpty()) {
      // What an earlier run has kept says nothing of encryption that was switched on since then.
      if (facts.isStateKnown() && currency.isCurrent()) {
        return false;
      }
      settings = state(room, EventTypes.ENCRYPTION, "");
    }
    settings.ifPresent(content -> remember(room, content));
    return settings.isPresent();
  }

  /// Remembers for ever that a room is encrypted.
  void remember(RoomId room, ObjectNode settings) {
    encryption.remember(room, settings);
    rooms.change(room, next -> next.encryption(settings));
  }

  /// Sends a message, encrypted where the room is.
  EventId send(RoomId room, Draft draft) {
    String transaction =
        draft.name().map(name -> transactions.named(room, name)).orElseGet(transactions::next);
    return send(room, draft.type(), draft.content(), transaction, currency::require);
  }

  private EventId send(
      RoomId room, String type, ObjectNode content, String transaction, Runnable current) {
    if (type.equals(EventTypes.REDACTION) || type.equals(EventTypes.ENCRYPTED)) {
      throw new IllegalArgumentException("Messages of type " + type + " are not sent as such.");
    }
    if (!isEncrypted(room)) {
      return put(room, type, content, transaction);
    }
    if (type.equals(EventTypes.REACTION)) {
      return put(room, type, ClearRelation.reaction(content), transaction);
    }
    current.run();
    ObjectNode encrypted = encrypt(room, type, content);
    return put(room, EventTypes.ENCRYPTED, encrypted, transaction);
  }

  /// Sends a message that belongs to a verification. The news may have to wait until it is sent, so
  /// it does not wait for them.
  ObjectNode sendForEncryption(RoomId room, String type, ObjectNode content, String transaction) {
    EventId sent = send(room, type, content, transaction, currency::requireAtOnce);
    return Json.object().put("event_id", sent.value());
  }

  private EventId put(RoomId room, String type, ObjectNode content, String transaction) {
    Request request =
        Request.put(ROOM + "/send/{}/{}", room.value(), type, transaction)
            .json(content)
            .repeatable();
    return calls.send(request, Outlet::eventId);
  }

  private static EventId eventId(ObjectNode answer) {
    JsonNode id = answer.path("event_id");
    if (!id.isString()) {
      throw MatrixException.badJson("The answer names no event.");
    }
    return new EventId(id.stringValue());
  }

  /// Encrypts for all who may read it. Their devices are asked for and given the keys on the way.
  private ObjectNode encrypt(RoomId room, String type, ObjectNode content) {
    Optional<RuntimeException> failure = Optional.empty();
    for (int round = 0; round < MOST_ROUNDS; round++) {
      // Each time anew: the rounds take a while, in which somebody may leave.
      Set<UserId> readers = members.readers(room);
      Optional<ObjectNode> encrypted = encryption.encrypt(room, readers, type, content);
      if (encrypted.isPresent()) {
        return ClearRelation.beside(encrypted.get(), content);
      }
      if (failure.isPresent()) {
        break;
      }
      failure = pump.flush();
    }
    throw failure.orElseGet(
        () ->
            new IllegalStateException(
                "The message was not sent: not all who are to read it could be given the key."));
  }

  /// Takes away what an event said. Why is told only where the room is not encrypted.
  EventId redact(RoomId room, EventId target, @Nullable String reason) {
    Request request =
        Request.put(ROOM + "/redact/{}/{}", room.value(), target.value(), transactions.next())
            .json(withReason(room, Json.object(), reason))
            .repeatable();
    return calls.send(request, Outlet::eventId);
  }

  /// Changes a membership.
  ///
  /// @param action such as `invite`
  void membership(RoomId room, String action, ObjectNode body, @Nullable String reason) {
    // Twice the same has no effect the second time.
    calls.send(
        Request.post(ROOM + "/{}", room.value(), action)
            .json(withReason(room, body, reason))
            .repeatable());
  }

  private ObjectNode withReason(RoomId room, ObjectNode body, @Nullable String reason) {
    if (reason != null && mayBeReadable(room)) {
      body.put("reason", reason);
    }
    return body;
  }

  private boolean mayBeReadable(RoomId room) {
    try {
      return !isEncrypted(room);
    } catch (MatrixRequestException _) {
      return false;
    }
  }

  /// Sets a piece of state, which is never encrypted.
  ///
  /// @throws IllegalArgumentException if the room is encrypted, and what is set there is not known
  ///   to be more than what people say to each other
  EventId setState(RoomId room, String type, String key, ObjectNode content) {
    if (!CLEAR_STATE.contains(type) && isEncrypted(room)) {
      throw new IllegalArgumentException(
          "State is never encrypted, so " + type + " is not set in an encrypted room.");
    }
    Request request =
        Request.put(ROOM + "/state/{}/{}", room.value(), type, key).json(content).repeatable();
    return calls.send(request, Outlet::eventId);
  }

  /// A piece of state as the server has it; empty if there is none.
  Optional<ObjectNode> state(RoomId room, String type, String key) {
    return calls.find(Request.get(ROOM + "/state/{}/{}", room.value(), type, key));
  }

  /// Uploads a file for a room. Where that is encrypted the file is, and the server is told neither
  /// its name nor its type.
  ///
  /// @return what the message says of where it is: `file` or `url`
  ObjectNode upload(RoomId room, FileUpload file) throws IOException {
    if (!isEncrypted(room)) {
      Request request = Request.post(UPLOAD).query("filename", file.name());
      return Json.object().put("url", upload(file.on(request)));
    }
    Path ciphertext = Files.createTempFile("sotto", ".upload");
    try {
      AttachmentKey key;
      try (InputStream in = file.open();
          OutputStream out = Files.newOutputStream(ciphertext)) {
        key = attachments.encrypt(in, out);
      }
      try (key) {
        String url = upload(Request.post(UPLOAD).file(ciphertext, OCTET_STREAM));
        ObjectNode said = Json.object();
        said.set("file", new EncryptedFile(url, key).json());
        return said;
      }
    } finally {
      Files.deleteIfExists(ciphertext);
    }
  }

  /// Uploads a small file that is encrypted whatever room it is for.
  EncryptedFile uploadEncrypted(byte[] plaintext) {
    Attachments.Encrypted encrypted = attachments.encrypt(plaintext);
    Request request = Request.post(UPLOAD).bytes(encrypted.ciphertext(), OCTET_STREAM);
    return new EncryptedFile(upload(request), encrypted.key());
  }

  /// Uploads a picture that is for everybody: it is not encrypted, and the server is not told its
  /// name.
  ///
  /// @throws IllegalArgumentException if its type is none of a picture
  String uploadPicture(FileUpload picture) throws IOException {
    if (!picture.contentType().startsWith("image/")) {
      throw new IllegalArgumentException("A picture is of a type such as image/png.");
    }
    // Also tells whether it can be read.
    if (picture.sizeBytes() == 0) {
      throw new IllegalArgumentException("The picture is empty.");
    }
    return upload(picture.on(Request.post(UPLOAD)));
  }

  private String upload(Request request) {
    return calls.send(
        request.repeatable().timeout(UPLOAD_TIMEOUT),
        answer -> {
          JsonNode url = answer.path("content_uri");
          if (!url.isString() || !url.stringValue().startsWith("mxc://")) {
            throw MatrixException.badJson("The answer names no file.");
          }
          return url.stringValue();
        });
  }
}
