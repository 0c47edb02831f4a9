package dev.sotto.client.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sotto.protocol.crypto.VerifyKey;
import java.util.ArrayList;
import java.util.List;

/// The private keys of a device: its identity, and the one-time and fallback keys that others begin
/// sessions with. May be used by several threads.
public final class OlmAccount implements AutoCloseable {
  private static final int KEY_ID_BYTES = 11;
  private static final int SIGNATURE_BYTES = 64;

  private static final Native NEW = Native.of("vodozemac_olm_account_new", "P()");
  private static final Native FREE = Native.of("vodozemac_olm_account_free", "V(P)");
  private static final Native IDENTITY_KEYS =
      Native.of("vodozemac_olm_account_identity_keys", "V(PP)");
  private static final Native SIGN = Native.of("vodozemac_olm_account_sign", "P(PPI)");
  private static final Native SIGNATURE_TO_BYTES =
      Native.of("vodozemac_ed25519_signature_to_bytes", "V(PP)");
  private static final Native SIGNATURE_FREE =
      Native.of("vodozemac_ed25519_signature_free", "V(P)");
  private static final Native MAX_ONE_TIME_KEYS =
      Native.of("vodozemac_olm_account_max_number_of_one_time_keys", "I(P)");
  private static final Native GENERATE_ONE_TIME_KEYS =
      Native.of("vodozemac_olm_account_generate_one_time_keys", "V(PPI)");
  private static final Native ONE_TIME_KEYS =
      Native.of("vodozemac_olm_account_one_time_keys", "V(PP)");
  private static final Native GENERATE_FALLBACK_KEY =
      Native.of("vodozemac_olm_account_generate_fallback_key", "P(P)");
  private static final Native FALLBACK_KEY =
      Native.of("vodozemac_olm_account_fallback_key", "V(PP)");
  private static final Native FORGET_FALLBACK_KEY =
      Native.of("vodozemac_olm_account_forget_fallback_key", "I(P)");
  private static final Native MARK_AS_PUBLISHED =
      Native.of("vodozemac_olm_account_mark_keys_as_published", "V(P)");
  private static final Native CREATE_OUTBOUND =
      Native.of("vodozemac_olm_account_create_outbound_session", "P(PPPP)");
  private static final Native CREATE_INBOUND =
      Native.of("vodozemac_olm_account_create_inbound_session", "V(PPPPP)");
  private static final Native DEHYDRATE =
      Native.of("vodozemac_olm_account_to_dehydrated_device", "V(PPP)");
  private static final Native REHYDRATE =
      Native.of("vodozemac_olm_account_from_dehydrated_device", "V(PPIPIP)");
  private static final Native CONFIG = Native.of("vodozemac_olm_session_config_version_1", "P()");
  private static final Native CONFIG_FREE = Native.of("vodozemac_olm_session_config_free", "V(P)");
  private static final Pickles PICKLES = Pickles.of("olm_account");

  private final Handle handle;
  private final VerifyKey ed25519Key;
  private final Curve25519Key curve25519Key;

  private OlmAccount(long pointer) {
    handle = new Handle("account", pointer, FREE);
    try (Call call = new Call()) {
      IDENTITY_KEYS.run(call.out(), pointer);
      ed25519Key = Keys.takeEd25519(call, call.slot(0));
      curve25519Key = Keys.take(call, call.slot(1));
    }
  }

  /// A new account with new identity keys, and none to begin sessions with.
  public static OlmAccount create() {
    return new OlmAccount(NEW.pointer());
  }

  /// The account that `pickle(key)` wrote.
  ///
  /// @throws EngineException WRONG_KEY, DAMAGED
  public static OlmAccount unpickle(byte[] pickle, PickleKey key) throws EngineException {
    return new OlmAccount(PICKLES.read(pickle, key));
  }

  /// The account of a dehydrated device.
  ///
  /// @throws EngineException WRONG_KEY, DAMAGED
  public static OlmAccount rehydrate(DehydratedAccount dehydrated, PickleKey key)
      throws EngineException {
    byte[] ciphertext = Texts.requireAscii(dehydrated.ciphertext().getBytes(UTF_8));
    byte[] nonce = Texts.requireAscii(dehydrated.nonce().getBytes(UTF_8));
    try (Call call = new Call()) {
      REHYDRATE.run(
          call.out(),
          call.bytes(ciphertext),
          ciphertext.length,
          call.bytes(nonce),
          nonce.length,
          call.secret(key));
      call.check();
      return new OlmAccount(call.slot(1));
    }
  }

  /// The account, encrypted, to be kept.
  public byte[] pickle(PickleKey key) {
    return PICKLES.write(handle, key);
  }

  /// The account, encrypted, to be kept by the server as a dehydrated device: its identity, its
  /// one-time keys and its fallback key, which all count as published then. Sessions are not part
  /// of it.
  ///
  /// @throws EngineException if it cannot be dehydrated
  public DehydratedAccount dehydrate(PickleKey key) throws EngineException {
    return handle.use(
        account -> {
          try (Call call = new Call()) {
            DEHYDRATE.run(call.out(), account, call.secret(key));
            call.check();
            return new DehydratedAccount(
                new String(call.take(1), UTF_8), new String(call.take(3), UTF_8));
          }
        });
  }

  /// The device's fingerprint key, which signs.
  public VerifyKey ed25519Key() {
    return ed25519Key;
  }

  /// The device's identity key, which others encrypt to.
  public Curve25519Key curve25519Key() {
    return curve25519Key;
  }

  /// The signature over `message` with the fingerprint key, 64 bytes.
  public byte[] sign(byte[] message) {
    return handle.use(
        account -> {
          try (Call call = new Call()) {
            long signature = SIGN.pointer(account, call.bytes(message), message.length);
            return call.read(
                SIGNATURE_TO_BYTES, call.own(signature, SIGNATURE_FREE), SIGNATURE_BYTES);
          }
        });
  }

  /// How many one-time keys may wait on the server. The library makes any number, but forgets the
  /// oldest ones, which somebody may be about to use.
  public int maxOneTimeKeys() {
    return handle.use(MAX_ONE_TIME_KEYS::number);
  }

  /// Makes one-time keys, but never more than `maxOneTimeKeys()` that are not published.
  ///
  /// @return how many were made
  public int generateOneTimeKeys(int count) {
    if (count < 0) {
      throw new IllegalArgumentException("the number of keys is negative");
    }
    return handle.use(
        account -> {
          int room = MAX_ONE_TIME_KEYS.number(account) - unpublished(ONE_TIME_KEYS, account).size();
          int made = Math.clamp(count, 0, Math.max(room, 0));
          try (Call call = new Call()) {
            GENERATE_ONE_TIME_KEYS.run(call.out(), account, made);
            // The new keys, then those that were forgotten for them; both are read elsewhere.
            release(call.takePointers(0));
            release(call.takePointers(2));
          }
          return made;
        });
  }

  private static void release(long[] keys) {
    for (long key : keys) {
      Keys.CURVE_FREE.run(key);
    }
  }

  /// The one-time keys that are not published.
  public List<OneTimeKey> oneTimeKeys() {
    return handle.use(account -> unpublished(ONE_TIME_KEYS, account));
  }

  /// Makes a new fallback key. The one before it stays good for messages that are on their way,
  /// until `forgetFallbackKey()` or the next new one.
  public void generateFallbackKey() {
    handle.use(
        account -> {
          long forgotten = GENERATE_FALLBACK_KEY.pointer(account);
          if (forgotten != 0) {
            Keys.CURVE_FREE.run(forgotten);
          }
          return true;
        });
  }

  /// The fallback key if it is not published: none or one.
  public List<OneTimeKey> fallbackKey() {
    return handle.use(account -> unpublished(FALLBACK_KEY, account));
  }

  /// Forgets the fallback key before the current one; false if there was none.
  public boolean forgetFallbackKey() {
    return handle.use(account -> FORGET_FALLBACK_KEY.number(account) != 0);
  }

  /// Takes all one-time keys and the fallback key for published from now on.
  public void markKeysAsPublished() {
    handle.use(
        account -> {
          MARK_AS_PUBLISHED.run(account);
          return true;
        });
  }

  /// Pairs of pointers: the id, 11 letters, and the key.
  private static List<OneTimeKey> unpublished(Native function, long account) {
    try (Call call = new Call()) {
      function.run(call.out(), account);
      long[] pairs = call.takePointers(0);
      List<OneTimeKey> keys = new ArrayList<>(pairs.length / 2);
      for (int i = 0; i < pairs.length; i += 2) {
        String id = new String(Call.takeBuffer(pairs[i], KEY_ID_BYTES), UTF_8);
        keys.add(new OneTimeKey(id, Keys.take(call, pairs[i + 1])));
      }
      return List.copyOf(keys);
    }
  }

  /// Begins a session with a device, by its identity key and one of its one-time keys (or its
  /// fallback key). Whether those are signed by the device is for the caller to check.
  public OlmSession createOutbound(Curve25519Key identityKey, Curve25519Key oneTimeKey) {
    return handle.use(
        account -> {
          try (Call call = new Call()) {
            long config = call.own(CONFIG.pointer(), CONFIG_FREE);
            return new OlmSession(
                CREATE_OUTBOUND.pointer(
                    account, config, Keys.pass(call, identityKey), Keys.pass(call, oneTimeKey)));
          }
        });
  }

  /// Begins the session of a pre-key message, and decrypts the message. The one-time key is used up
  /// by this, so account and session have to be stored together.
  ///
  /// @throws EngineException WRONG_KIND, WRONG_SENDER if the message is not from `identityKey`,
  ///   UNKNOWN_ONE_TIME_KEY, WEAK_KEY, DAMAGED
  public InboundOlm createInbound(Curve25519Key identityKey, OlmMessage message)
      throws EngineException {
    return handle.use(
        account -> {
          try (Call call = new Call()) {
            ParsedOlm parsed = ParsedOlm.of(call, message);
            parsed.requirePreKey();
            parsed.preKey();
            long sender = Keys.pass(call, identityKey);
            CREATE_INBOUND.run(call.out(), account, sender, parsed.message(), parsed.keys());
            call.check();
            OlmSession session = new OlmSession(call.slot(3));
            return new InboundOlm(session, call.take(1));
          }
        });
  }

  @Override
  public void close() {
    handle.close();
  }
}
