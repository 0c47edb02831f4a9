package dev.sotto.client.encryption.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.client.encryption.backup.BackupState.Active;
import dev.sotto.client.encryption.backup.BackupState.Untrusted;
import dev.sotto.client.encryption.backup.BackupState.Unusable;
import dev.sotto.client.engine.BackupDecryption;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.protocol.json.Json;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// Which backups are believed to be the user's.
class BackupTrustTest {
  private final BackupServer server = new BackupServer();
  private final Owner phone = new Owner("PHONE", new MemoryStore());

  @AfterEach
  void close() {
    phone.close();
  }

  @Test
  void aBackupThatNobodyTrustedHasSignedGetsNothing() {
    phone.learn();
    ObjectNode unsigned = phone.signedBackup();
    ((ObjectNode) unsigned.path("auth_data")).remove("signatures");
    server.create(unsigned);
    server.settle(phone);
    assertEquals(new Untrusted("1"), phone.backup.state());
    assertEquals(List.of(), server.received);
    assertThrows(IllegalStateException.class, () -> phone.backup.restore(List.of()));
  }

  @Test
  void aSignatureThatWasTakenFromAnotherBackupIsWorthNothing() {
    phone.learn();
    ObjectNode altered = phone.signedBackup();
    try (BackupDecryption other = BackupDecryption.create()) {
      ((ObjectNode) altered.path("auth_data")).put("public_key", other.publicKey().base64());
    }
    server.create(altered);
    server.settle(phone);
    assertEquals(new Untrusted("1"), phone.backup.state());
  }

  @Test
  void theSignatureOfAnotherOwnDeviceCountsOnceThatIsVerified() {
    phone.learn();
    try (Owner laptop = new Owner("LAPTOP", new MemoryStore())) {
      server.create(laptop.signedBackup());
      server.settle(phone);
      assertEquals(new Untrusted("1"), phone.backup.state());
      phone.heardOf(phone.asDevice(), laptop.asDevice());
      assertEquals(new Untrusted("1"), phone.backup.state());
      phone.identities.verified(laptop.asDevice());
      phone.backup.review();
      assertEquals(new Active("1", false), phone.backup.state());
      server.settle(phone);
      assertEquals(1, server.count());
    }
  }

  @Test
  void anAnswerThatMakesNoSenseIsNoBackup() {
    for (String answer :
        List.of(
            "{}",
            "{\"algorithm\": 1}",
            "{\"algorithm\": \"m.megolm_backup.v9\", \"version\": \"1\", \"auth_data\": {}}",
            about("\"version\": 1, \"auth_data\": {\"public_key\": \"%s\"}"),
            about("\"version\": \"\", \"auth_data\": {\"public_key\": \"%s\"}"),
            about("\"version\": \"1\", \"auth_data\": \"%s\""),
            about("\"version\": \"1\", \"auth_data\": {\"public_key\": 3}"),
            about("\"version\": \"1\", \"auth_data\": {\"public_key\": \"AAAA\"}"),
            // A key that makes no secret.
            about(
                "\"version\": \"1\", \"auth_data\": {\"public_key\": \"" + "A".repeat(43) + "\"}"),
            about("\"version\": \"" + "1".repeat(300) + "\", \"auth_data\": {}"))) {
      phone.backup.recheck();
      phone.backup.found(phone.backup.query().orElseThrow(), Json.parseObject(answer));
      assertEquals(new Unusable(), phone.backup.state(), answer);
      assertEquals(Optional.empty(), phone.backup.keys());
    }
  }

  private static String about(String rest) {
    return "{\"algorithm\": \"%s\", ".formatted(BackupVersion.ALGORITHM)
        + rest.replace("%s", "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo")
        + "}";
  }

  @Test
  void signaturesThatMakeNoSenseProveNothing() {
    for (String signatures :
        List.of(
            "1",
            "{\"@alice:localhost\": 1}",
            "{\"@alice:localhost\": {\"ed25519:PHONE\": 1}}",
            "{\"@alice:localhost\": {\"ed25519:PHONE\": \"AAAA\"}}",
            "{\"@alice:localhost\": {\"\": \"\"}}")) {
      ObjectNode about = phone.signedBackup().put("version", "1");
      ((ObjectNode) about.path("auth_data")).set("signatures", Json.parse(signatures));
      phone.backup.recheck();
      phone.backup.found(phone.backup.query().orElseThrow(), about);
      assertEquals(new Untrusted("1"), phone.backup.state(), signatures);
    }
  }
}
