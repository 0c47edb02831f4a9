package dev.sotto.client.engine;

import static dev.sotto.client.engine.OlmPair.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.engine.EngineException.Reason;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.junit.jupiter.api.Test;

class Curve25519KeyTest {
  private static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
  private static final BigInteger ORDER_EIGHT =
      new BigInteger("325606250916557431795983626356110631294008115727848805560023387167927233504");
  private static final BigInteger OTHER_ORDER_EIGHT =
      new BigInteger(
          "39382357235489614581723060781553021112529911719440698176882885853963445705823");

  /// Every series of 32 bytes that stands for a point of low order: as a number below 2^255, each
  /// with the top bit and without.
  private static List<byte[]> weakKeys() {
    List<byte[]> keys = new ArrayList<>();
    for (BigInteger point :
        List.of(
            BigInteger.ZERO,
            BigInteger.ONE,
            ORDER_EIGHT,
            OTHER_ORDER_EIGHT,
            P.subtract(BigInteger.ONE),
            P,
            P.add(BigInteger.ONE))) {
      keys.add(littleEndian(point));
      keys.add(littleEndian(point.setBit(255)));
    }
    return keys;
  }

  private static byte[] littleEndian(BigInteger number) {
    byte[] bytes = new byte[32];
    for (int i = 0; i < 256; i++) {
      if (number.testBit(i)) {
        bytes[i / 8] |= (byte) (1 << i % 8);
      }
    }
    return bytes;
  }

  @Test
  void keysThatMakeNoSecretAreRefused() {
    byte[] secret = new byte[32];
    new Random(1).nextBytes(secret);
    for (byte[] weak : weakKeys()) {
      assertFalse(X25519.calculateAgreement(secret, 0, weak, 0, new byte[32], 0));
      assertRefused(Reason.WEAK_KEY, () -> Curve25519Key.of(weak));
    }
  }

  @Test
  void otherKeysAreTaken() throws EngineException {
    Random random = new Random(2);
    byte[] secret = new byte[32];
    random.nextBytes(secret);
    for (int i = 0; i < 1000; i++) {
      byte[] key = new byte[32];
      random.nextBytes(key);
      assertTrue(X25519.calculateAgreement(secret, 0, key, 0, new byte[32], 0));
      assertArrayEquals(key, Curve25519Key.of(key).bytes());
    }
  }

  @Test
  void theLengthHasToBeRight() {
    for (int length : new int[] {0, 1, 31, 33, 64}) {
      assertRefused(Reason.DAMAGED, () -> Curve25519Key.of(new byte[length]));
    }
    assertRefused(Reason.DAMAGED, () -> Curve25519Key.ofBase64("no base64!"));
  }

  @Test
  void theTextFormReadsBack() throws EngineException {
    try (Sas sas = Sas.create()) {
      Curve25519Key key = sas.publicKey();
      assertEquals(key, Curve25519Key.ofBase64(key.base64()));
      assertEquals(key.hashCode(), Curve25519Key.ofBase64(key.base64()).hashCode());
      assertEquals(key, Curve25519Key.ofBase64(key.base64() + "="));
    }
  }
}
