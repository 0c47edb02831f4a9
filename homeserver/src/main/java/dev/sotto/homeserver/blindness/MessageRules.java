package dev.sotto.homeserver.blindness;

import static dev.sotto.homeserver.blindness.ObjectShape.object;
import static dev.sotto.homeserver.blindness.Shapes.BASE64;
import static dev.sotto.homeserver.blindness.Shapes.EVENT_ID;
import static dev.sotto.homeserver.blindness.Shapes.FLAG;
import static dev.sotto.homeserver.blindness.Shapes.OPAQUE;
import static dev.sotto.homeserver.blindness.Shapes.SHORT_BASE64;
import static dev.sotto.homeserver.blindness.Shapes.like;
import static dev.sotto.homeserver.blindness.Shapes.oneOf;

import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.EventTypes;
import dev.sotto.protocol.id.ServerName;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// What people may send into rooms: ciphertext, reactions, redactions, and signalling.
final class MessageRules {
  static final String MEGOLM = "m.megolm.v1.aes-sha2";
  static final String ONLY_ENCRYPTED = "This server only accepts end-to-end encrypted messages. ";

  private static final Shape RELATION =
      object()
          .may("rel_type", like("a relation", "[a-z0-9_-]{1,64}(?:\\.[A-Za-z0-9_-]{1,64}){1,4}"))
          .may("event_id", EVENT_ID)
          .may("is_falling_back", FLAG)
          .may("m.in_reply_to", object().needs("event_id", EVENT_ID).nothingElse())
          .nothingElse();

  /// @spec https://spec.matrix.org/v1.19/client-server-api/#mmegolmv1aes-sha2
  static final ObjectShape CIPHERTEXT =
      object()
          .needs("algorithm", oneOf(MEGOLM))
          .needs("ciphertext", BASE64)
          .needs("session_id", SHORT_BASE64)
          .may("sender_key", SHORT_BASE64)
          .may("device_id", OPAQUE)
          .nothingElse();

  private final Map<String, Shape> shapes = new HashMap<>();
  private final Shape verificationRequest = Signalling.requestInRoom();

  MessageRules(ServerName server) {
    Shape annotation =
        object()
            .needs("rel_type", oneOf("m.annotation"))
            .needs("event_id", EVENT_ID)
            .needs("key", new Emoji(server));
    shapes.put(EventTypes.ENCRYPTED, CIPHERTEXT.may("m.relates_to", RELATION));
    shapes.put(EventTypes.REACTION, object().needs("m.relates_to", annotation));
    shapes.put(EventTypes.REDACTION, object().may("redacts", EVENT_ID));
    shapes.putAll(Signalling.verificationInRoom());
    shapes.putAll(Signalling.ringing());
  }

  /// What of a message-like event may be stored.
  ///
  /// @throws MatrixException `M_FORBIDDEN` if nothing may
  ObjectNode keep(String type, ObjectNode content) {
    Shape shape = shape(type, content);
    if (shape == null) {
      throw MatrixException.forbidden(
          ONLY_ENCRYPTED
              + "Your app tried to send this one unencrypted: turn encryption on there, or use an"
              + " app that can encrypt.");
    }
    try {
      return (ObjectNode) shape.keep(content);
    } catch (Misfit e) {
      throw MatrixException.forbidden(
          ONLY_ENCRYPTED + "What your app sent is not in the right form: " + e.sentence() + ".");
    }
  }

  private @Nullable Shape shape(String type, ObjectNode content) {
    if (type.equals(EventTypes.MESSAGE)) {
      boolean asksToVerify = Signalling.REQUEST.equals(content.path("msgtype").stringValue(null));
      return asksToVerify ? verificationRequest : null;
    }
    return shapes.get(type);
  }
}
