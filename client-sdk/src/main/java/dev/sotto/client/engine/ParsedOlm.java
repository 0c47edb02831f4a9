package dev.sotto.client.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sotto.client.engine.EngineException.Reason;
import dev.sotto.client.engine.OlmMessage.Kind;

/// An Olm message inside the library, for the time of a call.
///
/// @param keys what it says of the session; 0 in a normal message, which the library must not be
///   asked to begin a session with
record ParsedOlm(Call call, long message, long keys) {
  /// The library numbers the kinds it gives back the other way round than Matrix does.
  private static final int PRE_KEY_KIND = 1;

  private static final Native FROM_BYTES = Native.of("vodozemac_olm_message_from_bytes", "V(PIPI)");
  private static final Native TO_BYTES = Native.of("vodozemac_olm_message_to_bytes", "V(PPP)");
  private static final Native FREE = Native.of("vodozemac_olm_message_free", "V(P)");
  private static final Native MAC_TRUNCATED =
      Native.of("vodozemac_olm_message_mac_truncated", "I(P)");
  private static final Native RATCHET_KEY = Native.of("vodozemac_olm_message_ratchet_key", "P(P)");
  private static final Native KEYS_FREE = Native.of("vodozemac_olm_session_keys_free", "V(P)");
  private static final Native KEYS_SESSION_ID =
      Native.of("vodozemac_olm_session_keys_session_id", "V(PP)");
  private static final Native KEYS_IDENTITY =
      Native.of("vodozemac_olm_session_keys_identity_key", "P(P)");
  private static final Native KEYS_BASE = Native.of("vodozemac_olm_session_keys_base_key", "P(P)");
  private static final Native KEYS_ONE_TIME =
      Native.of("vodozemac_olm_session_keys_one_time_key", "P(P)");

  /// Hands a message in.
  ///
  /// @throws EngineException DAMAGED if it is none, or none of Olm's first version, the only one in
  ///   Matrix; WEAK_KEY if its ratchet key makes no secret
  static ParsedOlm of(Call call, OlmMessage message) throws EngineException {
    byte[] body = Texts.requireSize(message.body());
    FROM_BYTES.run(call.out(), message.kind().number(), call.bytes(body), body.length);
    call.check();
    ParsedOlm parsed = fromSlots(call, call.number(1), call.slot(2), call.slot(3));
    if (MAC_TRUNCATED.number(parsed.message) == 0) {
      throw new EngineException(Reason.DAMAGED);
    }
    Keys.takeForeign(call, RATCHET_KEY.pointer(parsed.message));
    return parsed;
  }

  /// Takes the message that encryption left in the slots.
  static OlmMessage takeEncrypted(Call call) {
    ParsedOlm made = fromSlots(call, call.number(0), call.slot(1), call.slot(2));
    TO_BYTES.run(call.out(), made.message, made.keys);
    return OlmMessage.of(made.keys == 0 ? Kind.NORMAL : Kind.PRE_KEY, call.take(0));
  }

  private static ParsedOlm fromSlots(Call call, int kind, long message, long keys) {
    call.own(message, FREE);
    // A normal message leaves the slot of the keys as it was.
    return new ParsedOlm(call, message, kind == PRE_KEY_KIND ? call.own(keys, KEYS_FREE) : 0);
  }

  /// @throws EngineException WRONG_KIND if it is a normal message
  void requirePreKey() throws EngineException {
    if (keys == 0) {
      throw new EngineException(Reason.WRONG_KIND);
    }
  }

  /// What a pre-key message says of its session.
  ///
  /// @throws EngineException WEAK_KEY if one of its keys makes no secret
  OlmPreKey preKey() throws EngineException {
    return new OlmPreKey(
        sessionId(),
        Keys.takeForeign(call, KEYS_IDENTITY.pointer(keys)),
        Keys.takeForeign(call, KEYS_BASE.pointer(keys)),
        Keys.takeForeign(call, KEYS_ONE_TIME.pointer(keys)));
  }

  private String sessionId() {
    KEYS_SESSION_ID.run(call.out(), keys);
    return new String(call.take(0), UTF_8);
  }

  /// Nothing authenticates the keys that a pre-key message names once the session exists.
  ///
  /// @throws EngineException DAMAGED if it is a pre-key message that names another session
  void requireSession(String id) throws EngineException {
    if (keys != 0 && !sessionId().equals(id)) {
      throw new EngineException(Reason.DAMAGED);
    }
  }
}
