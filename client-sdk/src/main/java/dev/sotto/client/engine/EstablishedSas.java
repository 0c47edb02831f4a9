package dev.sotto.client.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sotto.protocol.crypto.UnpaddedBase64;

/// The secret that both sides of a verification share. May be used by several threads.
public final class EstablishedSas implements AutoCloseable {
  private static final int MAC_BYTES = 32;

  private static final Native FREE = Native.of("vodozemac_sas_established_sas_free", "V(P)");
  private static final Native BYTES = Native.of("vodozemac_sas_established_sas_bytes", "P(PPI)");
  private static final Native BYTES_READ = Native.of("vodozemac_sas_sas_bytes_as_bytes", "V(PP)");
  private static final Native BYTES_FREE = Native.of("vodozemac_sas_sas_bytes_free", "V(P)");
  private static final Native CALCULATE_MAC =
      Native.of("vodozemac_sas_established_sas_calculate_mac", "P(PPIPI)");
  private static final Native VERIFY_MAC =
      Native.of("vodozemac_sas_established_sas_verify_mac", "I(PPIPIP)");
  private static final Native MAC_FROM_BYTES = Native.of("vodozemac_sas_mac_from_slice", "P(P)");
  private static final Native MAC_READ = Native.of("vodozemac_sas_mac_as_bytes", "V(PP)");
  private static final Native MAC_FREE = Native.of("vodozemac_sas_mac_free", "V(P)");

  private final Handle handle;

  EstablishedSas(long pointer) {
    handle = new Handle("short authentication string", pointer, FREE);
  }

  /// What both people compare.
  ///
  /// @param info who verifies whom, put together as the specification says: the same on both sides
  public SasCode code(String info) {
    byte[] text = info.getBytes(UTF_8);
    return handle.use(
        sas -> {
          try (Call call = new Call()) {
            long bytes = BYTES.pointer(sas, call.bytes(text), text.length);
            return new SasCode(call.read(BYTES_READ, call.own(bytes, BYTES_FREE), SasCode.BYTES));
          }
        });
  }

  /// The code `hkdf-hmac-sha256.v2` for a key, or a list of key ids.
  ///
  /// @return base64
  public String mac(String input, String info) {
    byte[] of = input.getBytes(UTF_8);
    byte[] text = info.getBytes(UTF_8);
    return handle.use(
        sas -> {
          try (Call call = new Call()) {
            long mac =
                CALCULATE_MAC.pointer(
                    sas, call.bytes(of), of.length, call.bytes(text), text.length);
            return UnpaddedBase64.encode(call.read(MAC_READ, call.own(mac, MAC_FREE), MAC_BYTES));
          }
        });
  }

  /// Whether the other side made `mac` of the same input and info. False for what is no code at
  /// all.
  public boolean verifyMac(String input, String info, String mac) {
    byte[] code;
    try {
      code = Texts.decode(mac);
    } catch (EngineException _) {
      return false;
    }
    return code.length == MAC_BYTES && verifyMac(input.getBytes(UTF_8), info.getBytes(UTF_8), code);
  }

  private boolean verifyMac(byte[] input, byte[] info, byte[] mac) {
    return handle.use(
        sas -> {
          try (Call call = new Call()) {
            long code = call.own(MAC_FROM_BYTES.pointer(call.bytes(mac)), MAC_FREE);
            return VERIFY_MAC.number(
                    sas, call.bytes(input), input.length, call.bytes(info), info.length, code)
                != 0;
          }
        });
  }

  @Override
  public void close() {
    handle.close();
  }
}
