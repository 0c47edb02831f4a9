package dev.sotto.client;

import dev.sotto.client.event.Edit;
import dev.sotto.client.event.Envelope;
import dev.sotto.client.event.FileMessage;
import dev.sotto.client.event.FileSource;
import dev.sotto.client.event.MemberChange;
import dev.sotto.client.event.Membership;
import dev.sotto.client.event.Message;
import dev.sotto.client.event.OtherEvent;
import dev.sotto.client.event.OtherMessage;
import dev.sotto.client.event.Reaction;
import dev.sotto.client.event.Redacted;
import dev.sotto.client.event.Redaction;
import dev.sotto.client.event.RoomEvent;
import dev.sotto.client.event.StateChange;
import dev.sotto.client.event.TextMessage;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Finds the record for an event. What does not fit the record of its type is an [OtherEvent].
final class EventReader {
  private EventReader() {}

  /// The event in this envelope, which is decrypted if it was encrypted.
  static RoomEvent read(Envelope envelope) {
    if (envelope.isRedacted()) {
      return new Redacted(envelope);
    }
    Optional<String> stateKey = envelope.stateKey();
    if (stateKey.isPresent()) {
      return state(envelope, stateKey.get());
    }
    Optional<? extends RoomEvent> found =
        switch (envelope.type()) {
          case EventTypes.MESSAGE -> said(envelope);
          case EventTypes.REACTION -> reaction(envelope);
          // No server has looked at whether its sender may redact if it was encrypted.
          case EventTypes.REDACTION ->
              isDecrypted(envelope) ? Optional.empty() : redaction(envelope);
          default -> Optional.empty();
        };
    return found.isPresent() ? found.get() : new OtherEvent(envelope);
  }

  private static RoomEvent state(Envelope envelope, String stateKey) {
    JsonNode content = envelope.content();
    Optional<Membership> membership = Membership.of(content.path("membership").stringValue(""));
    if (!envelope.type().equals(EventTypes.MEMBER) || membership.isEmpty()) {
      return new StateChange(envelope, stateKey);
    }
    try {
      return new MemberChange(
          envelope,
          new UserId(stateKey),
          membership.get(),
          text(content, "displayname"),
          text(content, "avatar_url"));
    } catch (MatrixException _) {
      return new StateChange(envelope, stateKey);
    }
  }

  private static Optional<RoomEvent> said(Envelope envelope) {
    ObjectNode content = envelope.content();
    Optional<EventId> edited = envelope.relation("m.replace");
    if (edited.isPresent() && content.get("m.new_content") instanceof ObjectNode now) {
      return message(envelope, now).map(message -> new Edit(envelope, edited.get(), message));
    }
    return message(envelope, content).map(message -> message);
  }

  private static Optional<Message> message(Envelope envelope, ObjectNode content) {
    String kind = content.path("msgtype").stringValue("");
    String body = content.path("body").stringValue(null);
    if (body == null) {
      return Optional.empty();
    }
    return Optional.of(
        switch (kind) {
          case "m.text" -> text(envelope, content, TextMessage.Kind.TEXT, body);
          case "m.notice" -> text(envelope, content, TextMessage.Kind.NOTICE, body);
          case "m.emote" -> text(envelope, content, TextMessage.Kind.EMOTE, body);
          case "m.file" -> file(envelope, content, FileMessage.Kind.FILE, body);
          case "m.image" -> file(envelope, content, FileMessage.Kind.IMAGE, body);
          case "m.audio" -> file(envelope, content, FileMessage.Kind.AUDIO, body);
          case "m.video" -> file(envelope, content, FileMessage.Kind.VIDEO, body);
          default -> new OtherMessage(envelope, kind, body);
        });
  }

  private static Message text(
      Envelope envelope, ObjectNode content, TextMessage.Kind kind, String body) {
    boolean html = "org.matrix.custom.html".equals(content.path("format").stringValue(null));
    return new TextMessage(
        envelope, kind, body, html ? text(content, "formatted_body") : Optional.empty());
  }

  private static Message file(
      Envelope envelope, ObjectNode content, FileMessage.Kind kind, String body) {
    Optional<ObjectNode> encryption =
        content.get("file") instanceof ObjectNode file ? Optional.of(file) : Optional.empty();
    Optional<String> url =
        encryption.isPresent() ? text(encryption.get(), "url") : text(content, "url");
    if (url.isEmpty()) {
      return new OtherMessage(envelope, content.path("msgtype").stringValue(""), body);
    }
    JsonNode size = content.path("info").path("size");
    return new FileMessage(
        envelope,
        kind,
        body,
        text(content, "filename").orElse(body),
        text(content.path("info"), "mimetype"),
        size.isIntegralNumber() && size.canConvertToLong()
            ? OptionalLong.of(size.longValue())
            : OptionalLong.empty(),
        new FileSource(url.get(), encryption));
  }

  private static Optional<RoomEvent> reaction(Envelope envelope) {
    Optional<String> key = text(envelope.content().path("m.relates_to"), "key");
    return envelope
        .relation("m.annotation")
        .flatMap(target -> key.map(sign -> new Reaction(envelope, target, sign)));
  }

  /// Where the target is named depends on the version of the room.
  private static boolean isDecrypted(Envelope envelope) {
    return !envelope.type().equals(envelope.json().path("type").stringValue(""));
  }

  private static Optional<RoomEvent> redaction(Envelope envelope) {
    Optional<String> reason = text(envelope.content(), "reason");
    Optional<String> target =
        text(envelope.content(), "redacts").or(() -> text(envelope.json(), "redacts"));
    try {
      return target.map(id -> new Redaction(envelope, new EventId(id), reason));
    } catch (MatrixException _) {
      return Optional.empty();
    }
  }

  private static Optional<String> text(JsonNode object, String name) {
    return Optional.ofNullable(object.path(name).stringValue(null));
  }
}
