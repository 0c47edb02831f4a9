package dev.sotto.client.encryption.secrets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.client.encryption.secrets.SecretStorageException.Reason;
import dev.sotto.client.memory.SecretText;
import dev.sotto.protocol.crypto.UnpaddedBase64;
import dev.sotto.protocol.json.Json;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class SecretStorageTest {
  /// A storage of another client, known from its tests.
  private static final String ID = "bmur2d9ypPUH1msSwCxQOJkuKRmJI55e";

  private static final String RECOVERY_KEY =
      "EsTj 3yST y93F SLpB jJsz eAXc 2XzA ygD3 w69H fGaN TKBj jXEd";
  private static final String DESCRIPTION =
      """
      {"algorithm": "m.secret_storage.v1.aes-hmac-sha2",
       "iv": "xv5b6/p3ExEw++wTyfSHEg==",
       "mac": "ujBBbXahnTAMkmPUX2/0+VTfUh63pGyVRuBcDMgmJC8="}\
      """;
  private static final String MASTER =
      """
      {"encrypted": {"%s": {
        "ciphertext": "lCRSSA1lChONEXj/8RyogsgAa8ouQwYDnLr4XBCheRikrZykLRzPCx3doCE=",
        "iv": "bdfCwu+ECYgZ/jWTkGrQ/A==",
        "mac": "NXeV1dZaOe2JLvQ6Hh6tFto7AgFFdaQnY0l9pruwdtE="}}}\
      """
          .formatted(ID);
  private static final SecretText SECRET = SecretText.of("It's a secret to everybody");
  private static final int FEW = 10;

  private final SecureRandom random = new SecureRandom();

  private static void refused(Reason reason, Executable use) {
    assertEquals(reason, assertThrows(SecretStorageException.class, use).reason());
  }

  private SecretStorage open(String description, String typed) throws SecretStorageException {
    return SecretStorage.open(KeyDescription.of(ID, Json.parse(description)), typed, random);
  }

  private SecretStorage reopened(SecretStorage storage, String typed)
      throws SecretStorageException {
    String id = SecretStorage.defaultKey(storage.defaultKey()).orElseThrow();
    JsonNode stored = Json.parse(Json.bytes(storage.description().json()));
    return SecretStorage.open(KeyDescription.of(id, stored), typed, random);
  }

  @Test
  void theStorageOfAnotherClientIsOpenedAndReadWithItsRecoveryKey() throws SecretStorageException {
    try (SecretStorage storage = open(DESCRIPTION, RECOVERY_KEY)) {
      assertEquals(
          "VcY1+LNyV6aSMne8mvi4lc/q+JiCHe+m6+hKLtgLP30=",
          storage.decrypt(SecretName.MASTER, Json.parse(MASTER)).text());
      assertEquals(RECOVERY_KEY, storage.recoveryKey());
    }
  }

  @Test
  void theStorageOfAnotherClientIsOpenedWithItsPassphrase() throws SecretStorageException {
    String description =
        """
        {"algorithm": "m.secret_storage.v1.aes-hmac-sha2",
         "iv": "gH2iNpiETFhApvW6/FFEJQ",
         "mac": "9Lw12m5SKDipNghdQXKjgpfdj1/K7HFI2brO+UWAGoM",
         "passphrase": {"algorithm": "m.pbkdf2", "iterations": 10,
                        "salt": "IuLnH7S85YtZmkkBJKwNUKxWF42g9O1H"}}\
        """;
    open(description, "It's a secret to everybody").close();
    refused(Reason.WRONG_KEY, () -> open(description, "It's a secret to nobody"));
    refused(Reason.WRONG_KEY, () -> open(description, RECOVERY_KEY));
    refused(Reason.NO_RECOVERY_KEY, () -> open(description, ""));
    refused(Reason.NO_RECOVERY_KEY, () -> open(description, RECOVERY_KEY.replace("y93F", "y39F")));
    refused(Reason.NO_RECOVERY_KEY, () -> open(description, RECOVERY_KEY.substring(0, 55)));
  }

  @Test
  void aSecretIsReadByWhoeverHasTheRecoveryKey() throws SecretStorageException {
    try (SecretStorage made = SecretStorage.create(random);
        SecretStorage elsewhere = reopened(made, made.recoveryKey())) {
      ObjectNode stored = made.encrypt(SecretName.BACKUP, SECRET);
      assertEquals(SECRET, elsewhere.decrypt(SecretName.BACKUP, stored));
      assertEquals(made.recoveryKey(), elsewhere.recoveryKey());
    }
  }

  @Test
  void aSecretIsReadByWhoeverHasThePassphrase() throws SecretStorageException {
    try (SecretStorage made = SecretStorage.create("pass wörd".toCharArray(), FEW, random);
        SecretStorage elsewhere = reopened(made, "pass wörd");
        SecretStorage byKey = reopened(made, made.recoveryKey())) {
      ObjectNode stored = made.encrypt(SecretName.BACKUP, SECRET);
      assertEquals(SECRET, elsewhere.decrypt(SecretName.BACKUP, stored));
      assertEquals(SECRET, byKey.decrypt(SecretName.BACKUP, stored));
      refused(Reason.WRONG_KEY, () -> reopened(made, "pass word"));
    }
  }

  @Test
  void aPassphraseIsStretched() throws SecretStorageException {
    try (SecretStorage made = SecretStorage.create("passphrase".toCharArray(), random)) {
      assertEquals(
          500_000, made.description().json().path("passphrase").path("iterations").intValue());
    }
    assertThrows(IllegalArgumentException.class, () -> SecretStorage.create(new char[0], random));
  }

  @Test
  void eachTimeASecretIsEncryptedItLooksDifferent() throws SecretStorageException {
    try (SecretStorage storage = SecretStorage.create(random)) {
      assertNotEquals(
          storage.encrypt(SecretName.BACKUP, SECRET), storage.encrypt(SecretName.BACKUP, SECRET));
      for (int i = 0; i < 50; i++) {
        JsonNode stored = storage.encrypt(SecretName.BACKUP, SECRET);
        String iv =
            stored.path("encrypted").path(storage.description().id()).path("iv").stringValue();
        assertEquals(0, UnpaddedBase64.decode(iv)[8] & 0x80);
      }
    }
  }

  @Test
  void anAlteredSecretIsRefused() throws SecretStorageException {
    try (SecretStorage storage = open(DESCRIPTION, RECOVERY_KEY)) {
      ObjectNode otherText = Json.parseObject(MASTER.replace("lCRS", "lCRT"));
      refused(Reason.TAMPERED, () -> storage.decrypt(SecretName.MASTER, otherText));
      ObjectNode otherCode = Json.parseObject(MASTER.replace("NXeV", "NXeW"));
      refused(Reason.TAMPERED, () -> storage.decrypt(SecretName.MASTER, otherCode));
      ObjectNode noCode = Json.parseObject(MASTER.replaceAll("\"mac\": \".*\"", "\"mac\": \"\""));
      refused(Reason.TAMPERED, () -> storage.decrypt(SecretName.MASTER, noCode));
    }
  }

  @Test
  void aSecretUnderAnotherNameIsRefused() throws SecretStorageException {
    try (SecretStorage storage = open(DESCRIPTION, RECOVERY_KEY)) {
      refused(Reason.TAMPERED, () -> storage.decrypt(SecretName.SELF_SIGNING, Json.parse(MASTER)));
    }
  }

  @Test
  void aSecretThatIsStoredForAnotherKeyOnlyIsNotThere() throws SecretStorageException {
    try (SecretStorage storage = SecretStorage.create(random)) {
      refused(Reason.NOT_STORED, () -> storage.decrypt(SecretName.MASTER, Json.parse(MASTER)));
      refused(Reason.NOT_STORED, () -> storage.decrypt(SecretName.MASTER, Json.object()));
      refused(Reason.NOT_STORED, () -> storage.decrypt(SecretName.MASTER, Json.parse("[]")));
    }
  }

  @Test
  void whatMakesNoSenseIsNamedAsThat() throws SecretStorageException {
    try (SecretStorage storage = open(DESCRIPTION, RECOVERY_KEY)) {
      for (String stored :
          List.of(
              "1",
              "{}",
              "{\"passthrough\": true}",
              "{\"iv\": \"bdfCwu+ECYgZ/jWTkGrQ/A\", \"ciphertext\": 5, \"mac\": \"AAAA\"}",
              "{\"iv\": \"bdfC\", \"ciphertext\": \"AAAA\", \"mac\": \"AAAA\"}",
              "{\"iv\": \"bdfCwu+ECYgZ/jWTkGrQ/A\", \"ciphertext\": \"?\", \"mac\": \"AAAA\"}")) {
        ObjectNode content = Json.object();
        content.putObject("encrypted").set(ID, Json.parse(stored));
        refused(Reason.MALFORMED, () -> storage.decrypt(SecretName.MASTER, content));
      }
    }
  }

  @Test
  void aKeyThatTheDescriptionDoesNotProveReadsButWritesNothing() throws SecretStorageException {
    String description = "{\"algorithm\": \"m.secret_storage.v1.aes-hmac-sha2\"}";
    try (SecretStorage storage = open(description, RECOVERY_KEY)) {
      storage.decrypt(SecretName.MASTER, Json.parse(MASTER)).close();
      refused(Reason.UNPROVEN, () -> storage.encrypt(SecretName.MASTER, SECRET));
    }
  }

  @Test
  void aHostileDescriptionIsRefused() {
    refused(Reason.UNSUPPORTED, () -> open("{}", RECOVERY_KEY));
    refused(Reason.MALFORMED, () -> open("[]", RECOVERY_KEY));
    refused(Reason.UNSUPPORTED, () -> open(DESCRIPTION.replace("v1", "v9"), RECOVERY_KEY));
    refused(Reason.MALFORMED, () -> open(DESCRIPTION.replace("xv5b", ""), RECOVERY_KEY));
    refused(Reason.MALFORMED, () -> open(DESCRIPTION.replace("ujBB", "u!BB"), RECOVERY_KEY));
    refused(Reason.MALFORMED, () -> KeyDescription.of("", Json.parse(DESCRIPTION)));
    for (String passphrase :
        List.of(
            "{\"algorithm\": \"m.pbkdf2\", \"salt\": \"a\", \"iterations\": 2147483647}",
            "{\"algorithm\": \"m.pbkdf2\", \"salt\": \"a\", \"iterations\": 99999999999999}",
            "{\"algorithm\": \"m.pbkdf2\", \"salt\": \"a\", \"iterations\": 0}",
            "{\"algorithm\": \"m.pbkdf2\", \"salt\": \"a\", \"iterations\": -1}",
            "{\"algorithm\": \"m.pbkdf2\", \"salt\": \"a\", \"iterations\": \"10\"}",
            "{\"algorithm\": \"m.pbkdf2\", \"salt\": \"\", \"iterations\": 10}",
            "{\"algorithm\": \"m.pbkdf2\", \"iterations\": 10}")) {
      ObjectNode description = Json.parseObject(DESCRIPTION);
      description.set("passphrase", Json.parse(passphrase));
      refused(Reason.MALFORMED, () -> KeyDescription.of(ID, description));
    }
    for (String passphrase :
        List.of(
            "{}",
            "7",
            "{\"algorithm\": \"m.scrypt\", \"salt\": \"a\", \"iterations\": 10}",
            "{\"algorithm\": \"m.pbkdf2\", \"salt\": \"a\", \"iterations\": 10, \"bits\": 8}")) {
      ObjectNode description = Json.parseObject(DESCRIPTION);
      description.set("passphrase", Json.parse(passphrase));
      refused(Reason.UNSUPPORTED, () -> KeyDescription.of(ID, description));
    }
  }

  @Test
  void theUsualKeyIsNamedByTheAccountData() {
    assertEquals(Optional.of("a"), SecretStorage.defaultKey(Json.parse("{\"key\": \"a\"}")));
    assertEquals(Optional.empty(), SecretStorage.defaultKey(Json.parse("{}")));
    assertEquals(Optional.empty(), SecretStorage.defaultKey(Json.parse("{\"key\": 1}")));
    assertEquals("m.secret_storage.key.a", KeyDescription.type("a"));
  }

  @Test
  void aSecretThatStandsForAKeyGivesItsBytes() throws SecretStorageException {
    byte[] bytes = new byte[StorageKey.BYTES];
    random.nextBytes(bytes);
    try (StorageKey key = StorageKey.of(bytes);
        SecretText text = KeyText.of(key)) {
      assertEquals(key, StorageKey.of(KeyText.bytes(text, StorageKey.BYTES)));
      assertEquals(key, StorageKey.of(KeyText.bytes(SecretText.of(text.text() + "="), 32)));
      refused(Reason.MALFORMED, () -> KeyText.bytes(text, 31));
      refused(Reason.MALFORMED, () -> KeyText.bytes(SECRET, 32));
      assertFalse((key + "" + text).contains(text.text()));
    }
  }
}
