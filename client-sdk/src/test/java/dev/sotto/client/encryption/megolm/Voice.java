package dev.sotto.client.encryption.megolm;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sotto.client.engine.EngineException;
import dev.sotto.client.engine.InboundMegolm;
import dev.sotto.client.engine.OutboundMegolm;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.json.Json;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// A session of a party's that can say anything, also what ours never would.
final class Voice implements AutoCloseable {
  final Party party;
  final OutboundMegolm session = OutboundMegolm.create();

  Voice(Party party) {
    this.party = party;
  }

  /// The content of `m.room_key` from the next message on.
  ObjectNode roomKey(RoomId room) {
    return Json.object()
        .put("algorithm", "m.megolm.v1.aes-sha2")
        .put("room_id", room.value())
        .put("session_id", session.id())
        .put("session_key", session.sessionKey().base64());
  }

  /// Gives another party the key from the next message on.
  void sharesWith(Party other) {
    other.keys.heard(party.says("m.room_key", roomKey(Party.ROOM)));
  }

  SessionName name() {
    return new SessionName(Party.ROOM, session.id());
  }

  ExportedKey exported() throws EngineException {
    try (InboundMegolm inbound = InboundMegolm.open(session.sessionKey())) {
      return new ExportedKey(
          Party.ROOM,
          session.id(),
          inbound.export(),
          party.account.keys().curve25519Key(),
          Optional.of(party.account.keys().ed25519Key()),
          true);
    }
  }

  ObjectNode text(String text) {
    return message("m.room.message", Json.object().put("body", text), Party.ROOM.value());
  }

  ObjectNode message(String type, ObjectNode content, String room) {
    ObjectNode plain = Json.object().put("type", type).put("room_id", room);
    plain.set("content", content);
    return encrypts(Json.bytes(plain));
  }

  ObjectNode encrypts(String plain) {
    return encrypts(plain.getBytes(UTF_8));
  }

  private ObjectNode encrypts(byte[] plain) {
    ObjectNode content =
        Json.object()
            .put("algorithm", "m.megolm.v1.aes-sha2")
            .put("sender_key", party.account.keys().curve25519Key().base64())
            .put("device_id", party.id.value())
            .put("session_id", session.id())
            .put("ciphertext", session.encrypt(plain).base64());
    return party.event("m.room.encrypted", content);
  }

  @Override
  public void close() {
    session.close();
  }
}
