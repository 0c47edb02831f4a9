package dev.sotto.client.engine;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallTest {
  private static byte[] argument(int length, int content) {
    byte[] argument = new byte[length];
    Arrays.fill(argument, (byte) content);
    return argument;
  }

  @SuppressWarnings("restricted")
  private static byte[] memory(long address, int length) {
    return MemorySegment.ofAddress(address).reinterpret(length).toArray(JAVA_BYTE);
  }

  /// Around what the first block of memory holds behind the results.
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 255, 983, 984, 985, 1024, 70_000})
  void argumentsOfAnySizeStandSideBySide(int length) {
    try (Call call = new Call()) {
      byte[][] arguments = {argument(length, 1), argument(length, 2), argument(3, 3)};
      long[] addresses = new long[arguments.length];
      for (int i = 0; i < arguments.length; i++) {
        addresses[i] = call.bytes(arguments[i]);
      }
      for (int i = 0; i < arguments.length; i++) {
        assertArrayEquals(arguments[i], memory(addresses[i], arguments[i].length));
      }
      for (int slot = 0; slot < 5; slot++) {
        assertEquals(0, call.slot(slot));
      }
    }
  }

  @Test
  void whatAFunctionWritesFollowsTheArguments() throws EngineException {
    try (OutboundMegolm outbound = OutboundMegolm.create();
        InboundMegolm inbound = InboundMegolm.open(outbound.sessionKey())) {
      for (int length : new int[] {0, 700, 983, 984, 985, 5000}) {
        byte[] plaintext = argument(length, 'a');
        assertArrayEquals(plaintext, inbound.decrypt(outbound.encrypt(plaintext)).plaintext());
      }
    }
  }
}
