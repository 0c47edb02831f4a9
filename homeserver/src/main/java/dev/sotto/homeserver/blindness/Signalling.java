package dev.sotto.homeserver.blindness;

import static dev.sotto.homeserver.blindness.ObjectShape.object;
import static dev.sotto.homeserver.blindness.Shapes.EVENT_ID;
import static dev.sotto.homeserver.blindness.Shapes.FLAG;
import static dev.sotto.homeserver.blindness.Shapes.INTEGER;
import static dev.sotto.homeserver.blindness.Shapes.NAME;
import static dev.sotto.homeserver.blindness.Shapes.OPAQUE;
import static dev.sotto.homeserver.blindness.Shapes.SHORT_BASE64;
import static dev.sotto.homeserver.blindness.Shapes.USER_ID;
import static dev.sotto.homeserver.blindness.Shapes.list;
import static dev.sotto.homeserver.blindness.Shapes.map;
import static dev.sotto.homeserver.blindness.Shapes.oneOf;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/// What devices tell each other in the clear to verify each other and to ring.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#key-verification-framework
final class Signalling {
  static final String REQUEST = "m.key.verification.request";

  private static final String START = "m.key.verification.start";
  private static final String CANCELLED = "The verification was cancelled.";
  private static final int MAX_NAMES = 32;
  private static final int MAX_KEYS = 512;
  private static final int MAX_MENTIONS = 1000;

  /// Points at an event and does no more.
  static final ObjectShape REFERENCE =
      object().needs("rel_type", oneOf("m.reference")).needs("event_id", EVENT_ID);

  private static final Shape NAMES = list(NAME, MAX_NAMES);
  private static final Shape MENTIONS =
      object().may("user_ids", list(USER_ID, MAX_MENTIONS)).may("room", FLAG);

  private Signalling() {}

  /// The steps of a verification in a room, by type; the first one is [#requestInRoom].
  static Map<String, Shape> verificationInRoom() {
    return steps(step -> step.needs("m.relates_to", REFERENCE));
  }

  /// The steps of a verification between devices, by type.
  static Map<String, Shape> verificationToDevice() {
    UnaryOperator<ObjectShape> common =
        step -> step.needs("transaction_id", OPAQUE).may(ToDeviceRules.MESSAGE_ID, OPAQUE);
    Map<String, Shape> shapes = steps(common);
    shapes.put(
        REQUEST,
        common.apply(
            object()
                .needs("from_device", OPAQUE)
                .needs("methods", NAMES)
                .may("timestamp", INTEGER)));
    return shapes;
  }

  /// The message that asks a user to verify. Its text is for apps that know no verification; it is
  /// the server's, since a person could write there.
  static Shape requestInRoom() {
    return object()
        .needs("msgtype", oneOf(REQUEST))
        .needs("from_device", OPAQUE)
        .needs("methods", NAMES)
        .needs("to", USER_ID)
        .says("body", "Somebody asks to verify that you are you. Your app does not support this.");
  }

  private static Map<String, Shape> steps(UnaryOperator<ObjectShape> common) {
    Map<String, Shape> steps = new LinkedHashMap<>();
    steps.put(
        "m.key.verification.ready",
        common.apply(object().needs("from_device", OPAQUE).needs("methods", NAMES)));
    // Both sides hash this one, so that nothing may be left out of it.
    steps.put(
        START,
        common
            .apply(
                object()
                    .needs("from_device", OPAQUE)
                    .needs("method", NAME)
                    .may("next_method", NAME)
                    .may("key_agreement_protocols", NAMES)
                    .may("hashes", NAMES)
                    .may("message_authentication_codes", NAMES)
                    .may("short_authentication_string", NAMES)
                    .may("secret", SHORT_BASE64))
            .nothingElse());
    steps.put(
        "m.key.verification.accept",
        common.apply(
            object()
                .may("method", NAME)
                .needs("key_agreement_protocol", NAME)
                .needs("hash", NAME)
                .needs("message_authentication_code", NAME)
                .needs("short_authentication_string", NAMES)
                .needs("commitment", SHORT_BASE64)));
    steps.put("m.key.verification.key", common.apply(object().needs("key", SHORT_BASE64)));
    steps.put(
        "m.key.verification.mac",
        common.apply(
            object()
                .needs("mac", map(OPAQUE, SHORT_BASE64, MAX_KEYS))
                .needs("keys", SHORT_BASE64)));
    steps.put("m.key.verification.done", common.apply(object()));
    steps.put(
        "m.key.verification.cancel",
        common.apply(object().needs("code", NAME).says("reason", CANCELLED)));
    return steps;
  }

  /// What makes other people's devices ring, by type: apps that are told of mentions only, and know
  /// no keys while they sleep, can see these alone.
  static Map<String, Shape> ringing() {
    Shape notification =
        object()
            .needs("sender_ts", INTEGER)
            .needs("lifetime", INTEGER)
            .needs("notification_type", oneOf("ring", "notification"))
            .may("m.mentions", MENTIONS)
            .may("m.relates_to", REFERENCE)
            .may("m.call.intent", NAME)
            .may("slot_id", OPAQUE)
            .may("msc4354_sticky_key", OPAQUE);
    Shape decline = object().needs("m.relates_to", REFERENCE).may("msc4354_sticky_key", OPAQUE);
    Shape notify =
        object()
            .needs("application", NAME)
            .needs("notify_type", oneOf("ring", "notify"))
            .needs("call_id", Shapes.either(OPAQUE, oneOf("")))
            .may("m.mentions", MENTIONS);
    return Map.of(
        "m.rtc.notification", notification,
        "org.matrix.msc4075.rtc.notification", notification,
        "m.rtc.decline", decline,
        "org.matrix.msc4310.rtc.decline", decline,
        "m.call.notify", notify,
        "org.matrix.msc4075.call.notify", notify);
  }
}
