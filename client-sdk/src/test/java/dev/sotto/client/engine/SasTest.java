package dev.sotto.client.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class SasTest {
  private static final String INFO = "MATRIX_KEY_VERIFICATION_SAS|@alice:example.org|...";

  private record Both(EstablishedSas alice, EstablishedSas bob) implements AutoCloseable {
    static Both create() throws EngineException {
      try (Sas alice = Sas.create();
          Sas bob = Sas.create()) {
        return new Both(alice.establish(bob.publicKey()), bob.establish(alice.publicKey()));
      }
    }

    @Override
    public void close() {
      bob.close();
      alice.close();
    }
  }

  @Test
  void bothSidesSeeTheSame() throws EngineException {
    try (Both both = Both.create()) {
      SasCode code = both.alice.code(INFO);
      assertEquals(code, both.bob.code(INFO));
      assertEquals(7, code.emoji().size());
      code.emoji().forEach(each -> assertTrue(each >= 0 && each < 64, code::toString));
      assertEquals(3, code.decimals().size());
      code.decimals().forEach(each -> assertTrue(each >= 1000 && each <= 9191, code::toString));
    }
  }

  @Test
  void otherInfoGivesAnotherCode() throws EngineException {
    try (Both both = Both.create()) {
      assertNotEquals(both.alice.code(INFO), both.bob.code(INFO + "\u00e9"));
    }
  }

  @Test
  void somebodyInBetweenIsSeen() throws EngineException {
    try (Sas alice = Sas.create();
        Sas bob = Sas.create();
        Sas mallory = Sas.create();
        EstablishedSas here = alice.establish(mallory.publicKey());
        EstablishedSas there = bob.establish(alice.publicKey())) {
      assertNotEquals(here.code(INFO), there.code(INFO));
    }
  }

  /// The bytes of an example, taken apart by hand.
  @Test
  void bitsAreGroupedAsSpecified() {
    SasCode code =
        new SasCode(new byte[] {(byte) 0xff, 0x00, (byte) 0xf0, 0x0f, 0x55, (byte) 0xaa});
    assertEquals(
        List.of(0b111111, 0b110000, 0b000011, 0b110000, 0b000011, 0b110101, 0b010110),
        code.emoji());
    assertEquals(
        List.of(0b1111111100000 + 1000, 0b0001111000000 + 1000, 0b0011110101010 + 1000),
        code.decimals());
  }

  @Test
  void codesForKeysAreConfirmedByTheOtherSide() throws EngineException {
    try (Both both = Both.create()) {
      String mac = both.alice.mac("the key", "info");
      assertEquals(mac, both.bob.mac("the key", "info"));
      assertTrue(both.bob.verifyMac("the key", "info", mac));
      assertFalse(both.bob.verifyMac("another key", "info", mac));
      assertFalse(both.bob.verifyMac("the key", "other info", mac));
      assertFalse(both.bob.verifyMac("the key", "info", mac.substring(4)));
      assertFalse(both.bob.verifyMac("the key", "info", ""));
      assertFalse(both.bob.verifyMac("the key", "info", "*"));
    }
  }

  @Test
  void eachKeyPairIsUsedOnce() throws EngineException {
    try (Sas alice = Sas.create();
        Sas bob = Sas.create()) {
      alice.establish(bob.publicKey()).close();
      assertThrows(IllegalStateException.class, () -> alice.establish(bob.publicKey()));
      assertEquals(32, alice.publicKey().bytes().length);
    }
  }
}
