package dev.sotto.client.encryption.secrets;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.encryption.secrets.SecretStorageException.Reason;
import dev.sotto.client.engine.BackupKey;
import dev.sotto.protocol.crypto.UnpaddedBase64;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The keys are known from other clients' tests.
class RecoveryKeyTest {
  private static final String KEY = "EsTp RvZT njck 8Yrh RAtw XLS8 4Nr2 r9S9 LGAW DaEx VAPB vLRK";
  private static final byte[] BYTES =
      HexFormat.of().parseHex("9fbd46bb345171c6f6022c9a25d5681ba54eec6a6c4953f3adc0b96e9d91ada3");

  private static String refused(String typed) {
    SecretStorageException e =
        assertThrows(SecretStorageException.class, () -> RecoveryKey.read(typed));
    assertEquals(Reason.NO_RECOVERY_KEY, e.reason());
    String message = String.valueOf(e.getMessage());
    assertFalse(message.contains("njck"));
    return message;
  }

  @Test
  void aKeyIsWrittenAsOtherClientsWriteIt() {
    assertEquals(KEY, RecoveryKey.write(StorageKey.of(BYTES)));
    assertEquals(
        "EsTc LW2K PGiF wKEA 3As5 g5c4 BXwk qeeJ ZJV8 Q9fu gUMN UE4d",
        RecoveryKey.write(
            BackupKey.of(UnpaddedBase64.decode("dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo="))));
  }

  @Test
  void spacesDoNotMatter() throws SecretStorageException {
    assertArrayEquals(BYTES, RecoveryKey.read(KEY));
    assertArrayEquals(BYTES, RecoveryKey.read(KEY.replace(" ", "")));
    assertArrayEquals(
        BYTES,
        RecoveryKey.read("EsT           pRvZTnjck8  \n YrhRAtw XLS84Nr2r9S9LGAWDaExVAPBvLRK\t"));
    assertArrayEquals(BYTES, RecoveryKey.read(KEY.replace(' ', '\u00a0')));
  }

  @Test
  void anyKeyIsReadAsItWasWritten() throws SecretStorageException {
    Random random = new Random(1);
    byte[] bytes = new byte[StorageKey.BYTES];
    for (int i = 0; i < 500; i++) {
      random.nextBytes(bytes);
      String written = RecoveryKey.write(StorageKey.of(bytes));
      assertEquals(59, written.length());
      assertArrayEquals(bytes, RecoveryKey.read(written));
    }
    Arrays.fill(bytes, (byte) 0);
    assertArrayEquals(bytes, RecoveryKey.read(RecoveryKey.write(StorageKey.of(bytes))));
    Arrays.fill(bytes, (byte) 0xff);
    assertArrayEquals(bytes, RecoveryKey.read(RecoveryKey.write(StorageKey.of(bytes))));
  }

  @Test
  void aTypoIsNoticed() {
    assertTrue(refused(KEY.substring(0, KEY.length() - 1) + "k").contains("typo"));
    assertTrue(refused(KEY.replace("LGAW", "LGWA")).contains("typo"));
  }

  @Test
  void aCharacterThatIsNeverPartOfAKeyIsPointedOut() {
    assertTrue(refused(KEY.replace("njck", "njc0")).contains("place 12 "));
    assertTrue(refused(KEY.replace("njck", "njl1")).contains("place 11 "));
    assertTrue(refused("EsTp-").contains("place 5 "));
    assertTrue(refused("Es\ud83d\ude00").contains("place 3 "));
  }

  @Test
  void aKeyOfAnotherLengthIsRefused() {
    assertTrue(refused(KEY + "5").contains("this has 49"));
    assertTrue(refused(KEY.substring(5)).contains("this has 44"));
    assertTrue(refused("").contains("this has 0"));
    assertTrue(refused("E".repeat(1_000_000)).contains("far more"));
  }

  @Test
  void whatIsNoKeyAtAllIsRefused() {
    assertTrue(refused("AA" + KEY.substring(2)).contains("'Es'"));
    assertTrue(refused("z".repeat(48)).contains("'Es'"));
    assertTrue(refused("1".repeat(48)).contains("'Es'"));
  }
}
