package dev.sotto.client.encryption.megolm;

import dev.sotto.client.engine.Curve25519Key;
import dev.sotto.client.engine.EngineException;
import dev.sotto.client.engine.MegolmKey;
import dev.sotto.protocol.crypto.VerifyKey;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.json.Json;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A session's key on its way from one device to another, in a backup, an export, a bundle or
/// forwarded.
///
/// @param senderKey the Curve25519 key of the device that is said to have made it
/// @param fingerprint the Ed25519 key of that device
/// @param sharedHistory whether it is said to be for those who are invited later as well
/// @spec https://spec.matrix.org/v1.19/client-server-api/#key-export-format
public record ExportedKey(
    RoomId room,
    String sessionId,
    MegolmKey key,
    Curve25519Key senderKey,
    Optional<VerifyKey> fingerprint,
    boolean sharedHistory) {

  /// Reads `ExportedSessionData` or a `HistoricRoomKey`; empty if it is none that is of use.
  public static Optional<ExportedKey> of(JsonNode json) {
    return Fields.sessionName(json).flatMap(name -> of(name.room(), name.sessionId(), json));
  }

  /// Reads `BackedUpSessionData`, which does not name its room and session itself.
  public static Optional<ExportedKey> of(RoomId room, String sessionId, JsonNode json) {
    return of(
        room, sessionId, json, Fields.fingerprint(json.path("sender_claimed_keys"), "ed25519"));
  }

  /// Reads the content of `m.forwarded_room_key`, which says nothing of a history for all.
  static Optional<ExportedKey> ofForwarded(JsonNode json) {
    Optional<VerifyKey> fingerprint = Fields.fingerprint(json, "sender_claimed_ed25519_key");
    return Fields.sessionName(json)
        .flatMap(name -> of(name.room(), name.sessionId(), json, fingerprint))
        .map(key -> key.withSharedHistory(false));
  }

  private static Optional<ExportedKey> of(
      RoomId room, String sessionId, JsonNode json, Optional<VerifyKey> fingerprint) {
    Optional<Curve25519Key> senderKey = Fields.curve25519(json, "sender_key");
    Optional<String> sessionKey = Fields.text(json, "session_key");
    if (!Fields.isMegolm(json) || senderKey.isEmpty() || sessionKey.isEmpty()) {
      return Optional.empty();
    }
    try {
      MegolmKey key = MegolmKey.ofBase64(MegolmKey.Format.EXPORTED, sessionKey.get());
      return Optional.of(
          new ExportedKey(
              room, sessionId, key, senderKey.get(), fingerprint, Fields.isSharedHistory(json)));
    } catch (EngineException _) {
      return Optional.empty();
    }
  }

  SessionName name() {
    return new SessionName(room, sessionId);
  }

  /// The same key, with what is known better of who may have it.
  ExportedKey withSharedHistory(boolean shared) {
    return new ExportedKey(room, sessionId, key, senderKey, fingerprint, shared);
  }

  /// As `BackedUpSessionData`.
  public ObjectNode backedUp() {
    ObjectNode json = historic();
    json.remove("room_id");
    json.remove("session_id");
    json.putArray("forwarding_curve25519_key_chain");
    return Fields.putSharedHistory(json, sharedHistory);
  }

  /// As `ExportedSessionData`.
  public ObjectNode exported() {
    ObjectNode json = historic();
    json.putArray("forwarding_curve25519_key_chain");
    return Fields.putSharedHistory(json, sharedHistory);
  }

  /// As a `HistoricRoomKey` of a bundle.
  ObjectNode historic() {
    ObjectNode json =
        Json.object()
            .put("algorithm", Fields.ALGORITHM)
            .put("room_id", room.value())
            .put("sender_key", senderKey.base64())
            .put("session_id", sessionId)
            .put("session_key", key.base64());
    ObjectNode claimed = json.putObject("sender_claimed_keys");
    fingerprint.ifPresent(known -> claimed.put("ed25519", known.base64()));
    return json;
  }

  /// As the content of `m.forwarded_room_key`.
  ObjectNode forwarded() {
    ObjectNode json = historic();
    json.remove("sender_claimed_keys");
    json.put("sender_claimed_ed25519_key", fingerprint.map(VerifyKey::base64).orElse(""));
    json.putArray("forwarding_curve25519_key_chain");
    return json;
  }

  /// Without the key.
  @Override
  public String toString() {
    return "ExportedKey[" + room + " " + sessionId + "]";
  }
}
