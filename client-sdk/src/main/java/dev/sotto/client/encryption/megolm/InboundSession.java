package dev.sotto.client.encryption.megolm;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sotto.client.engine.EngineException;
import dev.sotto.client.engine.InboundMegolm;
import dev.sotto.client.engine.MegolmKey;
import dev.sotto.client.engine.PickleKey;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.json.Json;

/// A session of a room that messages can be read with.
final class InboundSession implements AutoCloseable {
  private final RoomId room;
  private final InboundMegolm megolm;
  private SessionFacts facts;

  // Whether the device that made it was looked for among those that are known now.
  private boolean lookedUp;

  private record Kept(String pickle, SessionFacts.Kept facts) {}

  /// Takes the engine's session over.
  InboundSession(RoomId room, InboundMegolm megolm, SessionFacts facts) {
    this.room = room;
    this.megolm = megolm;
    this.facts = facts;
  }

  static InboundSession read(RoomId room, byte[] kept, PickleKey key) {
    Kept read = Json.bind(Json.parse(kept), Kept.class);
    try {
      InboundMegolm megolm = InboundMegolm.unpickle(read.pickle.getBytes(US_ASCII), key);
      return new InboundSession(room, megolm, SessionFacts.of(read.facts));
    } catch (EngineException e) {
      throw new IllegalStateException("a session cannot be read from its store", e);
    }
  }

  byte[] bytes(PickleKey key) {
    return Json.bytes(new Kept(new String(megolm.pickle(key), US_ASCII), facts.kept()));
  }

  RoomId room() {
    return room;
  }

  SessionName name() {
    return new SessionName(room, id());
  }

  String id() {
    return megolm.id();
  }

  InboundMegolm megolm() {
    return megolm;
  }

  SessionFacts facts() {
    return facts;
  }

  void facts(SessionFacts now) {
    facts = now;
  }

  boolean lookedUp() {
    return lookedUp;
  }

  void lookedUp(boolean now) {
    lookedUp = now;
  }

  /// The key from its first index on.
  ExportedKey export() {
    MegolmKey key = megolm.export();
    return new ExportedKey(
        room, id(), key, facts.senderKey(), facts.fingerprint(), facts.sharedHistory());
  }

  @Override
  public void close() {
    megolm.close();
  }
}
