package dev.sotto.client.engine;

import dev.sotto.client.engine.EngineException.Reason;

/// Our half of a verification by short authentication string: a key pair for this one time. May be
/// used by several threads.
///
/// @spec
///   https://spec.matrix.org/v1.19/client-server-api/#short-authentication-string-sas-verification
public final class Sas implements AutoCloseable {
  private static final Native NEW = Native.of("vodozemac_sas_sas_new", "P()");
  private static final Native FREE = Native.of("vodozemac_sas_sas_free", "V(P)");
  private static final Native PUBLIC_KEY = Native.of("vodozemac_sas_sas_public_key", "P(P)");
  private static final Native DIFFIE_HELLMAN =
      Native.of("vodozemac_sas_sas_diffie_hellman", "P(PP)");

  private final Handle handle;
  private final Curve25519Key publicKey;

  private Sas(long pointer) {
    handle = new Handle("short authentication string", pointer, FREE);
    try (Call call = new Call()) {
      publicKey = Keys.take(call, PUBLIC_KEY.pointer(pointer));
    }
  }

  public static Sas create() {
    return new Sas(NEW.pointer());
  }

  /// What the other side is sent.
  public Curve25519Key publicKey() {
    return publicKey;
  }

  /// Makes the shared secret with the other side's key. That uses this up, whatever the outcome:
  /// the library ends the process when asked twice.
  ///
  /// @throws EngineException WEAK_KEY if the other side's key makes no secret
  /// @throws IllegalStateException if it is used up or closed
  public EstablishedSas establish(Curve25519Key theirKey) throws EngineException {
    return handle.use(
        sas -> {
          try (Call call = new Call()) {
            long established;
            try {
              established = DIFFIE_HELLMAN.pointer(sas, Keys.pass(call, theirKey));
            } finally {
              handle.close();
            }
            if (established == 0) {
              throw new EngineException(Reason.WEAK_KEY);
            }
            return new EstablishedSas(established);
          }
        });
  }

  @Override
  public void close() {
    handle.close();
  }
}
