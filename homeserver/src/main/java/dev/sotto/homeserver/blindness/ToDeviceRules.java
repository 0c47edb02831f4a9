package dev.sotto.homeserver.blindness;

import static dev.sotto.homeserver.blindness.ObjectShape.object;
import static dev.sotto.homeserver.blindness.Shapes.BASE64;
import static dev.sotto.homeserver.blindness.Shapes.NAME;
import static dev.sotto.homeserver.blindness.Shapes.OPAQUE;
import static dev.sotto.homeserver.blindness.Shapes.ROOM_ID;
import static dev.sotto.homeserver.blindness.Shapes.SHORT_BASE64;
import static dev.sotto.homeserver.blindness.Shapes.integer;
import static dev.sotto.homeserver.blindness.Shapes.map;
import static dev.sotto.homeserver.blindness.Shapes.oneOf;

import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.EventTypes;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// What devices may send each other: ciphertext, and what carries no keys.
final class ToDeviceRules {
  /// How clients follow a message through logs.
  static final String MESSAGE_ID = "org.matrix.msgid";

  private static final String ONLY_ENCRYPTED =
      "This server only passes end-to-end encrypted messages between devices. ";
  private static final int MAX_RECIPIENTS = 16;

  /// @spec https://spec.matrix.org/v1.19/client-server-api/#molmv1curve25519-aes-sha2
  private static final Shape ENCRYPTED =
      object()
          .needs("algorithm", oneOf("m.olm.v1.curve25519-aes-sha2"))
          .needs("sender_key", SHORT_BASE64)
          .needs(
              "ciphertext",
              map(
                  SHORT_BASE64,
                  object().needs("type", integer(0, 1)).needs("body", BASE64).nothingElse(),
                  MAX_RECIPIENTS))
          .may(MESSAGE_ID, OPAQUE)
          .nothingElse();

  private static final ObjectShape REQUEST =
      object()
          .needs("action", oneOf("request", "request_cancellation"))
          .needs("requesting_device_id", OPAQUE)
          .needs("request_id", OPAQUE)
          .may(MESSAGE_ID, OPAQUE);

  private static final Shape KEY_REQUEST =
      REQUEST.may(
          "body",
          object()
              .needs("algorithm", NAME)
              .needs("room_id", ROOM_ID)
              .needs("session_id", SHORT_BASE64)
              .may("sender_key", SHORT_BASE64));

  private static final Shape WITHHELD =
      object()
          .needs("algorithm", NAME)
          .needs("sender_key", SHORT_BASE64)
          .needs("code", NAME)
          .may("room_id", ROOM_ID)
          .may("session_id", SHORT_BASE64)
          .may("from_device", OPAQUE)
          .may(MESSAGE_ID, OPAQUE);

  private final Map<String, Shape> shapes = new HashMap<>();

  ToDeviceRules() {
    shapes.put(EventTypes.ENCRYPTED, ENCRYPTED);
    shapes.put("m.room_key_request", KEY_REQUEST);
    shapes.put("m.room_key.withheld", WITHHELD);
    shapes.put("org.matrix.room_key.withheld", WITHHELD);
    shapes.put("m.secret.request", REQUEST.may("name", NAME));
    shapes.put("m.dummy", object().may(MESSAGE_ID, OPAQUE));
    shapes.putAll(Signalling.verificationToDevice());
  }

  /// What of a message to a device may be stored.
  ///
  /// @throws MatrixException `M_FORBIDDEN` if nothing may
  ObjectNode keep(String type, ObjectNode content) {
    Shape shape = shapes.get(type);
    if (shape == null) {
      throw MatrixException.forbidden(
          ONLY_ENCRYPTED + "Your app tried to send an unencrypted one.");
    }
    try {
      return (ObjectNode) shape.keep(content);
    } catch (Misfit e) {
      throw MatrixException.forbidden(
          ONLY_ENCRYPTED + "What your app sent is not in the right form: " + e.sentence() + ".");
    }
  }
}
