package dev.sotto.client.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

/// A conversation with one device, whose keys change with each message. Whatever it did has to be
/// stored before the outcome leaves the process: a session that goes back in time uses keys twice.
/// May be used by several threads.
public final class OlmSession implements AutoCloseable {
  private static final Native FREE = Native.of("vodozemac_olm_session_free", "V(P)");
  private static final Native SESSION_ID = Native.of("vodozemac_olm_session_session_id", "V(PP)");
  private static final Native ENCRYPT = Native.of("vodozemac_olm_session_encrypt", "V(PPPI)");
  private static final Native DECRYPT = Native.of("vodozemac_olm_session_decrypt", "V(PPPP)");
  private static final Pickles PICKLES = Pickles.of("olm_session");

  private final Handle handle;
  private final String id;

  OlmSession(long pointer) {
    handle = new Handle("Olm session", pointer, FREE);
    try (Call call = new Call()) {
      SESSION_ID.run(call.out(), pointer);
      id = new String(call.take(0), UTF_8);
    }
  }

  /// The session that `pickle(key)` wrote.
  ///
  /// @throws EngineException WRONG_KEY, DAMAGED
  public static OlmSession unpickle(byte[] pickle, PickleKey key) throws EngineException {
    return new OlmSession(PICKLES.read(pickle, key));
  }

  /// The session, encrypted, to be kept.
  public byte[] pickle(PickleKey key) {
    return PICKLES.write(handle, key);
  }

  /// The same at both ends.
  public String id() {
    return id;
  }

  public OlmMessage encrypt(byte[] plaintext) {
    return handle.use(
        session -> {
          try (Call call = new Call()) {
            ENCRYPT.run(call.out(), session, call.bytes(plaintext), plaintext.length);
            return ParsedOlm.takeEncrypted(call);
          }
        });
  }

  /// Decrypts a message of this session. Each can be decrypted once, in any order; the keys of 40
  /// missing ones are kept for each turn of the conversation.
  ///
  /// @throws EngineException SPENT, TOO_FAR_AHEAD, WEAK_KEY, DAMAGED; the session is then as before
  public byte[] decrypt(OlmMessage message) throws EngineException {
    return handle.use(
        session -> {
          try (Call call = new Call()) {
            ParsedOlm parsed = ParsedOlm.of(call, message);
            parsed.requireSession(id);
            DECRYPT.run(call.out(), session, parsed.message(), parsed.keys());
            call.check();
            return call.take(1);
          }
        });
  }

  @Override
  public void close() {
    handle.close();
  }
}
