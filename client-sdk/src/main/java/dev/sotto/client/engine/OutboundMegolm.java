package dev.sotto.client.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sotto.client.engine.MegolmKey.Format;

/// The sending half of a Megolm session: encrypts to a room. Whatever it encrypted has to be stored
/// before it is sent: a session that goes back in time uses keys twice. May be used by several
/// threads.
public final class OutboundMegolm implements AutoCloseable {
  private static final Native NEW = Native.of("vodozemac_megolm_group_session_new", "P(P)");
  private static final Native FREE = Native.of("vodozemac_megolm_group_session_free", "V(P)");
  private static final Native SESSION_ID =
      Native.of("vodozemac_megolm_group_session_session_id", "V(PP)");
  private static final Native MESSAGE_INDEX =
      Native.of("vodozemac_megolm_group_session_message_index", "I(P)");
  private static final Native ENCRYPT =
      Native.of("vodozemac_megolm_group_session_encrypt", "P(PPI)");
  private static final Native SESSION_KEY =
      Native.of("vodozemac_megolm_group_session_session_key", "P(P)");
  private static final Pickles PICKLES = Pickles.of("megolm_group_session");

  private final Handle handle;
  private final String id;

  private OutboundMegolm(long pointer) {
    handle = new Handle("outbound Megolm session", pointer, FREE);
    try (Call call = new Call()) {
      SESSION_ID.run(call.out(), pointer);
      id = new String(call.take(0), UTF_8);
    }
  }

  public static OutboundMegolm create() {
    try (Call call = new Call()) {
      return new OutboundMegolm(NEW.pointer(Megolm.config(call)));
    }
  }

  /// The session that `pickle(key)` wrote.
  ///
  /// @throws EngineException WRONG_KEY, DAMAGED
  public static OutboundMegolm unpickle(byte[] pickle, PickleKey key) throws EngineException {
    return new OutboundMegolm(PICKLES.read(pickle, key));
  }

  /// The session, encrypted, to be kept.
  public byte[] pickle(PickleKey key) {
    return PICKLES.write(handle, key);
  }

  public String id() {
    return id;
  }

  /// The index that the next message will have, from 0.
  public long nextIndex() {
    return handle.use(session -> Integer.toUnsignedLong(MESSAGE_INDEX.number(session)));
  }

  /// The key that lets somebody read from the next message on.
  public MegolmKey sessionKey() {
    return handle.use(
        session -> {
          try (Call call = new Call()) {
            return Megolm.takeKey(call, Format.SHARED, SESSION_KEY.pointer(session));
          }
        });
  }

  public MegolmMessage encrypt(byte[] plaintext) {
    return handle.use(
        session -> {
          try (Call call = new Call()) {
            return Megolm.takeMessage(
                call, ENCRYPT.pointer(session, call.bytes(plaintext), plaintext.length));
          }
        });
  }

  @Override
  public void close() {
    handle.close();
  }
}
