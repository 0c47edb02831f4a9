package dev.sotto.protocol.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class KeysTest {
  private static final byte[] MESSAGE = "message".getBytes(StandardCharsets.UTF_8);

  private final SigningKey key = SigningKey.generate(new SecureRandom());

  @ParameterizedTest
  @CsvSource({"'', ''", "f, Zg", "fo, Zm8", "foo, Zm9v", "foob, Zm9vYg", "fooba, Zm9vYmE"})
  void base64OfTheSpecification(String text, String base64) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertEquals(base64, UnpaddedBase64.encode(bytes));
    assertArrayEquals(bytes, UnpaddedBase64.decode(base64));
    String padded = base64 + "=".repeat((4 - base64.length() % 4) % 4);
    assertArrayEquals(bytes, UnpaddedBase64.decode(padded));
  }

  /// The example of FIPS 180.
  @Test
  void sha256IsTheOneOfTheStandard() {
    byte[] expected =
        HexFormat.of().parseHex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertArrayEquals(expected, Sha256.of("abc"));
    MessageDigest pieces = Sha256.begin();
    pieces.update((byte) 'a');
    assertArrayEquals(expected, pieces.digest(new byte[] {'b', 'c'}));
  }

  @Test
  void urlSafeAlphabetIsApart() {
    byte[] bytes = {(byte) 0xFB, (byte) 0xFF};
    assertEquals("+/8", UnpaddedBase64.encode(bytes));
    assertEquals("-_8", UnpaddedBase64.encodeUrlSafe(bytes));
    assertArrayEquals(bytes, UnpaddedBase64.decodeUrlSafe("-_8"));
    assertThrows(MatrixException.class, () -> UnpaddedBase64.decode("-_8"));
    assertThrows(MatrixException.class, () -> UnpaddedBase64.decodeUrlSafe("+/8"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"A", "A===", "AA=", "A A", "A\n", "ä", "AAAA=", "====", "A?"})
  void whatIsNoBase64IsRefused(String text) {
    MatrixException e = assertThrows(MatrixException.class, () -> UnpaddedBase64.decode(text));
    assertEquals(ErrorCode.M_INVALID_PARAM, e.code());
  }

  @Test
  void keyVerifiesItsOwnSignaturesOnly() {
    byte[] signature = key.sign(MESSAGE);
    assertEquals(64, signature.length);
    assertTrue(key.verifyKey().verify(MESSAGE, signature));
    assertFalse(key.verifyKey().verify(new byte[0], signature));
    SigningKey other = SigningKey.generate(new SecureRandom());
    assertFalse(other.verifyKey().verify(MESSAGE, signature));
    signature[0] ^= 1;
    assertFalse(key.verifyKey().verify(MESSAGE, signature));
  }

  @Test
  void hostileKeysAndSignaturesAreMerelyWrong() {
    Random random = new Random(1);
    byte[] signature = new byte[64];
    for (int i = 0; i < 200; i++) {
      byte[] point = new byte[32];
      random.nextBytes(point);
      random.nextBytes(signature);
      assertFalse(VerifyKey.of(point).verify(MESSAGE, signature));
    }
    byte[] ones = new byte[32];
    Arrays.fill(ones, (byte) 0xFF);
    assertFalse(VerifyKey.of(ones).verify(MESSAGE, key.sign(MESSAGE)));
    Arrays.fill(signature, (byte) 0xFF);
    assertFalse(key.verifyKey().verify(MESSAGE, signature));
    for (int length : new int[] {0, 1, 63, 65, 1000}) {
      assertFalse(key.verifyKey().verify(MESSAGE, new byte[length]));
    }
  }

  @Test
  void keyOfSmallOrderConfirmsNothing() {
    // With the neutral element as key, the signature (R = neutral, S = 0) would fit any message.
    byte[] neutral = new byte[32];
    neutral[0] = 1;
    byte[] signature = new byte[64];
    signature[0] = 1;
    assertFalse(VerifyKey.of(neutral).verify(MESSAGE, signature));
  }

  @Test
  void keyOfWrongLengthIsRefused() {
    assertThrows(MatrixException.class, () -> VerifyKey.of(new byte[31]));
    assertThrows(MatrixException.class, () -> VerifyKey.ofBase64("AAAA"));
  }

  @Test
  void generatedKeysDifferAndCanBeKept() {
    assertNotEquals(key.verifyKey(), SigningKey.generate(new SecureRandom()).verifyKey());
    assertTrue(key.keyId().matches("ed25519:a_[A-Za-z]{4}"), key.keyId());
    SigningKey again = SigningKey.of(key.keyId(), key.seed());
    assertEquals(key.verifyKey(), again.verifyKey());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ed25519:", "rsa:1", "ed25519:a b", "1"})
  void keyIdsHaveAForm(String id) {
    assertThrows(IllegalArgumentException.class, () -> SigningKey.of(id, new byte[32]));
  }

  @Test
  void signingKeyKeepsItsSeedToItself() {
    assertEquals("SigningKey[" + key.keyId() + "]", key.toString());
    key.close();
    assertThrows(IllegalStateException.class, () -> key.sign(MESSAGE));
    assertThrows(IllegalStateException.class, key::seed);
  }

  @Test
  void signaturesOfSeveralStandBesideEachOther() {
    ObjectNode object = Json.parseObject("{\"a\":1,\"unsigned\":{\"age\":1}}");
    SigningKey other = SigningKey.of("ed25519:1", new byte[32]);
    JsonSignatures.sign(object, "one", key);
    JsonSignatures.sign(object, "two", other);
    object.putObject("unsigned").put("age", 2);
    assertTrue(JsonSignatures.verify(object, "one", key.keyId(), key.verifyKey()));
    assertTrue(JsonSignatures.verify(object, "two", "ed25519:1", other.verifyKey()));
    assertFalse(JsonSignatures.verify(object, "two", "ed25519:1", key.verifyKey()));
    assertFalse(JsonSignatures.verify(object, "two", key.keyId(), key.verifyKey()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"signatures\":[]}",
        "{\"signatures\":{\"one\":1}}",
        "{\"signatures\":{\"one\":{\"ed25519:1\":1}}}",
        "{\"signatures\":{\"one\":{\"ed25519:1\":\"!\"}}}",
        "{\"signatures\":{\"one\":{\"ed25519:1\":\"AA\"}}}",
        "{\"a\":1.5,\"signatures\":{\"one\":{\"ed25519:1\":\"AA\"}}}"
      })
  void malformedSignaturesAreMerelyWrong(String json) {
    assertFalse(JsonSignatures.verify(Json.parseObject(json), "one", "ed25519:1", key.verifyKey()));
  }

  @Test
  void malformedSignaturesAreNotOverwritten() {
    assertThrows(
        MatrixException.class,
        () -> JsonSignatures.sign(Json.parseObject("{\"signatures\":1}"), "one", key));
  }
}
