package dev.sotto.client.encryption.megolm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.encryption.megolm.KeyFileException.Reason;
import dev.sotto.client.engine.EngineException;
import dev.sotto.client.store.MemoryStore;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyFileTest {
  private static final char[] PASSPHRASE = "pässphrase".toCharArray();
  private static final int FEW_ROUNDS = 10;

  /// Written by another implementation, under the passphrase `1234`.
  private static final String OTHERS =
      """
      -----BEGIN MEGOLM SESSION DATA-----
      Af7mGhlzQ+eGvHu93u0YXd3D/+vYMs3E7gQqOhuCtkvGAAAAASH7pEdWvFyAP1JUisAcpEo
      Xke2Q7Kr9hVl/SCc6jXBNeJCZcrUbUV4D/tRQIl3E9L4fOk928YI1J+3z96qiH0uE7hpsCI
      CkHKwjPU+0XTzFdIk1X8H7sZ+MD/2Sg/q3y8rtUjz7uEj4GUTnb+9SCOTVmJsRfqgUpM1CU
      bDLytHf1JkohY4tWEgpsCc67xdzgodjr12qYrfg/zNm3LGpxlrffJknw4rk5QFTj4kMbqbD
      ZZgDTni+HxRTDGge2J620lMOiznvXX+H09Rwruqx5aJvvaaKd86jWRpiO2oSFqHn4u5ONl9
      41uzm62Sj0eIm6ZbA9NQs87jQw4LxsejhZVL+NdjIg80zVSBTWhTdo0DTnbFSNP4ReOiz0U
      XosOF8A5T8Vdx2nvA0GXltfcHKVKQYh/LJAkNQ7P9UYL4ae/5TtQZkhB1KxCLTRWqADCl53
      uBMGpG53EMgY6G6K2DEIOkcv7sdXQF5WpemiSWZqJRWj+cjfs9BpCTbkp/rszWFl2TniWpR
      RqIbT2jORlN4rTvdtF0F4z1pqP4qWyR3sLNTkXm9CFRzWADNG0RDZKxbCoo6RPvtaCTfaHo
      SwfvzBS6CjfAG+FOugpV48o7+XetaUUPZ6/tZSPhCdeV8eP9q5r0QwWeXFogzoNzWt4HYx9
      MdXxzD+f0mtg5gzehrrEEARwI2bCvPpHxlt/Na9oW/GBpkjwR1LSKgg4CtpRyWngPjdEKpZ
      GYW19pdjg0qdXNk/eqZsQTsNWVo6A
      -----END MEGOLM SESSION DATA-----
      """;

  private static List<ExportedKey> keys(int count) throws EngineException {
    List<ExportedKey> keys = new ArrayList<>();
    try (Party alice = new Party("@alice:a.org", "PHONE", new MemoryStore())) {
      for (int i = 0; i < count; i++) {
        try (Voice voice = new Voice(alice)) {
          keys.add(voice.exported());
        }
      }
    }
    return keys;
  }

  private static String file(List<ExportedKey> keys) {
    return KeyFile.write(keys, PASSPHRASE, new SecureRandom(), FEW_ROUNDS);
  }

  private static Reason refused(String file, String passphrase) {
    return assertThrows(KeyFileException.class, () -> KeyFile.read(file, passphrase.toCharArray()))
        .reason();
  }

  @Test
  void keysAreReadAsTheyWereWritten() throws EngineException, KeyFileException {
    List<ExportedKey> keys = keys(3);
    String file = file(keys);
    assertEquals(keys, KeyFile.read(file, PASSPHRASE));
    assertEquals(keys, KeyFile.read(file.replace("\n", "\r\n"), PASSPHRASE));
    assertEquals(keys, KeyFile.read("\n" + file.strip(), PASSPHRASE));
    assertTrue(file.lines().allMatch(line -> line.length() <= 76));
    assertFalse(file.contains(keys.getFirst().key().base64()));
    assertEquals(List.of(), KeyFile.read(file(List.of()), PASSPHRASE));
  }

  @Test
  void whatOthersWroteIsRead() throws KeyFileException, EngineException {
    List<ExportedKey> keys = KeyFile.read(OTHERS, "1234".toCharArray());
    assertEquals(1, keys.size());
    try (Party bob = new Party("@bob:b.org", "LAPTOP", new MemoryStore())) {
      assertEquals(
          List.of(keys.getFirst().name()), bob.keys.inbound().importKeys(keys, KeyOrigin.EXPORT));
      assertEquals(keys, bob.keys.inbound().exportKeys());
    }
  }

  @Test
  void anotherPassphraseOpensNothing() throws EngineException {
    assertEquals(Reason.WRONG_PASSPHRASE, refused(file(keys(1)), "password"));
    assertThrows(
        IllegalArgumentException.class,
        () -> KeyFile.write(List.of(), new char[0], new SecureRandom()));
  }

  @Test
  void whatWasAlteredIsNotRead() throws EngineException {
    StringBuilder file = new StringBuilder(file(keys(1)));
    int middle = file.length() / 2;
    file.setCharAt(middle, file.charAt(middle) == 'A' ? 'B' : 'A');
    assertEquals(Reason.WRONG_PASSPHRASE, refused(file.toString(), String.valueOf(PASSPHRASE)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-----BEGIN MEGOLM SESSION DATA-----",
        "-----END MEGOLM SESSION DATA----- -----BEGIN MEGOLM SESSION DATA-----",
        "-----BEGIN MEGOLM SESSION DATA-----\n?\n-----END MEGOLM SESSION DATA-----",
        "-----BEGIN MEGOLM SESSION DATA-----\nAQ\n-----END MEGOLM SESSION DATA-----"
      })
  void whatIsNoSuchFileIsRefused(String file) {
    assertEquals(Reason.MALFORMED, refused(file, "1234"));
  }

  @Test
  void nobodyIsMadeToCalculateForEver() {
    // The rounds stand behind version, salt and counter.
    byte[] bytes = new byte[100];
    bytes[0] = 1;
    for (byte first : new byte[] {0x7f, (byte) 0x80, 0}) {
      bytes[33] = first;
      String base64 = Base64.getEncoder().encodeToString(bytes);
      assertEquals(
          Reason.MALFORMED,
          refused(
              "-----BEGIN MEGOLM SESSION DATA-----\n"
                  + base64
                  + "\n-----END MEGOLM SESSION DATA-----",
              "1234"));
    }
  }
}
