package dev.sotto.client.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sotto.client.engine.EngineException.Reason;
import dev.sotto.client.engine.MegolmKey.Format;

/// The receiving half of a Megolm session, from some message on. It does not change by decrypting,
/// and does not notice replays: the caller has to keep which index belongs to which event. May be
/// used by several threads.
public final class InboundMegolm implements AutoCloseable {
  private static final Native NEW =
      Native.of("vodozemac_megolm_inbound_group_session_new", "P(PP)");
  private static final Native IMPORT =
      Native.of("vodozemac_megolm_inbound_group_session_import", "P(PP)");
  private static final Native FREE =
      Native.of("vodozemac_megolm_inbound_group_session_free", "V(P)");
  private static final Native SESSION_ID =
      Native.of("vodozemac_megolm_inbound_group_session_session_id", "V(PP)");
  private static final Native FIRST_KNOWN_INDEX =
      Native.of("vodozemac_megolm_inbound_group_session_first_known_index", "I(P)");
  private static final Native DECRYPT =
      Native.of("vodozemac_megolm_inbound_group_session_decrypt", "V(PPP)");
  private static final Native EXPORT_AT =
      Native.of("vodozemac_megolm_inbound_group_session_export_at", "P(PI)");
  private static final Native COMPARE =
      Native.of("vodozemac_megolm_inbound_group_session_compare", "I(PP)");
  private static final Native MERGE =
      Native.of("vodozemac_megolm_inbound_group_session_merge", "P(PP)");
  private static final Pickles PICKLES = Pickles.of("megolm_inbound_group_session");

  private final Handle handle;
  private final String id;

  private InboundMegolm(long pointer) {
    handle = new Handle("inbound Megolm session", pointer, FREE);
    try (Call call = new Call()) {
      SESSION_ID.run(call.out(), pointer);
      id = new String(call.take(0), UTF_8);
    }
  }

  /// The session that this key opens. Its id stands in the key: whether that is the session meant,
  /// the caller has to compare.
  ///
  /// @throws EngineException BAD_SIGNATURE if a shared key is not signed by its session, DAMAGED
  public static InboundMegolm open(MegolmKey key) throws EngineException {
    try (Call call = new Call()) {
      long pointer = Megolm.pass(call, key);
      long config = Megolm.config(call);
      return new InboundMegolm(
          switch (key.format()) {
            case SHARED -> NEW.pointer(pointer, config);
            case EXPORTED -> IMPORT.pointer(pointer, config);
          });
    }
  }

  /// The session that `pickle(key)` wrote.
  ///
  /// @throws EngineException WRONG_KEY, DAMAGED
  public static InboundMegolm unpickle(byte[] pickle, PickleKey key) throws EngineException {
    return new InboundMegolm(PICKLES.read(pickle, key));
  }

  /// The session, encrypted, to be kept.
  public byte[] pickle(PickleKey key) {
    return PICKLES.write(handle, key);
  }

  public String id() {
    return id;
  }

  /// The index of the first message that it can decrypt.
  public long firstKnownIndex() {
    return handle.use(session -> Integer.toUnsignedLong(FIRST_KNOWN_INDEX.number(session)));
  }

  /// Decrypts a message, in any order and any number of times.
  ///
  /// @throws EngineException UNKNOWN_INDEX if it is older than the key, BAD_SIGNATURE, DAMAGED
  public DecryptedMegolm decrypt(MegolmMessage message) throws EngineException {
    return handle.use(
        session -> {
          try (Call call = new Call()) {
            DECRYPT.run(call.out(), session, Megolm.pass(call, message));
            call.check();
            long index = Integer.toUnsignedLong(call.number(3));
            return new DecryptedMegolm(index, call.take(1));
          }
        });
  }

  /// The key from the first index on that it knows, to be passed on or backed up.
  public MegolmKey export() {
    return handle.use(
        session -> {
          try (Call call = new Call()) {
            int first = FIRST_KNOWN_INDEX.number(session);
            return Megolm.takeKey(call, Format.EXPORTED, EXPORT_AT.pointer(session, first));
          }
        });
  }

  /// How this session stands to another.
  public MegolmOrder compare(InboundMegolm other) {
    int order = Handle.use(handle, other.handle, COMPARE::number);
    return switch (order) {
      case 0 -> MegolmOrder.EQUAL;
      case 1 -> MegolmOrder.BETTER;
      case 2 -> MegolmOrder.WORSE;
      default -> MegolmOrder.UNCONNECTED;
    };
  }

  /// A new session with the best of both: the earlier beginning, and the trust of a shared key if
  /// one of them came from such.
  ///
  /// @throws EngineException UNCONNECTED if they are not the same session
  public InboundMegolm merge(InboundMegolm other) throws EngineException {
    long merged = Handle.use(handle, other.handle, MERGE::pointer);
    if (merged == 0) {
      throw new EngineException(Reason.UNCONNECTED);
    }
    return new InboundMegolm(merged);
  }

  @Override
  public void close() {
    handle.close();
  }
}
