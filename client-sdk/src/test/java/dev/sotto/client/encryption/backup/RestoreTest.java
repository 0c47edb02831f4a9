package dev.sotto.client.encryption.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.encryption.backup.BackupState.Active;
import dev.sotto.client.encryption.backup.BackupState.Untrusted;
import dev.sotto.client.encryption.megolm.KeyOrigin;
import dev.sotto.client.encryption.megolm.KnownSessions;
import dev.sotto.client.encryption.megolm.SessionName;
import dev.sotto.client.encryption.request.OutgoingRequest.BackupKeyQuery;
import dev.sotto.client.engine.BackupKey;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.protocol.crypto.UnpaddedBase64;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class RestoreTest {
  private static final String CIPHERTEXT =
      "r6HRk2/Im2yJe5cLP8R81aVjFWjYWPHpw7TVxphiSK1cdIDZTTK57r6MfU+0i/mTPn+/PosT74OvYwCn"
          + "ehy2dyqqks+Ev+uBKw3TAo0HCv7W3Rmq9XtqxikG9ts7XtcjFEkx37+qRaXtikcu0+CmUf+I5X6KStwN"
          + "Xb+CPnN2CGgwpn8g5+xEgSjE904QFrte4s9ygfqymgszgF7kzNICYF5g2GTlss8pdu/GLnh52AKvtT6F"
          + "cqE5LC74N07BDWUycMHMMMw43F7z5GhzEnoWOXlbz+M4eTGrCYuhvcmQGNbdgzYqEXPm1z4xFhVgs84k"
          + "FCtNeUc+AHZWfC2zynZ++4tpmfCYYpYEfYwQNo9Ks7o+Mh2PtAo9/GIU4xAK/uG0vizEiNYt/1QAxwgr"
          + "mDxjdRe5TH4pPUtLMktRDyZKeUHJmYZA7pcLtpVatXhXmVEQLFLDc/uusxaBxFXYkx7BQnNRoa1BE1yX"
          + "Rxud94s6vMsI/auhn95TG58Z0Rz9psRT4HzgDKeHf/uVbdfKR9O3gqxlB4mzZAyTCqHhUQERmGiISC2F"
          + "euKkAwVk/ZxXiFqSTUCizwXcczGbzEbC+pBJTi6jX5Pa2yI9cT5C8xaGGUzEaKdNWukcs73uvXoFl/5y"
          + "0Y29PkfE8UlPWpN4kZn7hrcOllcqqV9ZMH+rBbGViIw0yZ6yQUciEJzO8Gk3yz36lIT30VhCgKXMu+kE"
          + "LEPTRSVXqEQkCXBcfNOhgl3LIso";

  private final BackupServer server = new BackupServer();
  private final Owner phone = new Owner("PHONE", new MemoryStore());
  private final Owner laptop = new Owner("LAPTOP", new MemoryStore());
  private final List<SessionName> names = new ArrayList<>();

  @BeforeEach
  void backUp() {
    for (int i = 0; i < 3; i++) {
      names.add(phone.learn());
    }
    server.settle(phone);
    phone.backup.create();
    server.settle(phone);
  }

  private void handOverTheKey() {
    try (BackupKey key = phone.key()) {
      laptop.backup.key(key);
    }
    server.settle(laptop);
  }

  @AfterEach
  void close() {
    phone.close();
    laptop.close();
  }

  private ObjectNode stored(SessionName name) {
    return (ObjectNode)
        server.rooms.path(name.room().value()).path("sessions").path(name.sessionId());
  }

  /// Known from the tests of another client.
  @Test
  void theBackupOfAnotherClientIsRead() {
    server.create(
        Json.parseObject(
            """
            {"algorithm": "m.megolm_backup.v1.curve25519-aes-sha2",
             "auth_data": {
               "public_key": "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo",
               "signatures": {"@alice:localhost": {
                 "ed25519:test_device":
                   "KDSNeumirTsd8piI0oVfv/wzg4J4HlEc7rs5XhODFcJ/YAcUdg65ajsZG+rLI0TQOSSGjorJqcrSiSB1HRSCAA"}}}}\
            """));
    server.settle(laptop);
    byte[] bytes = UnpaddedBase64.decode("dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=");
    try (BackupKey key = BackupKey.of(bytes)) {
      assertEquals(KeyOutcome.FITS, laptop.backup.key(key));
    }
    SessionName session =
        new SessionName(Owner.ROOM, "ipdI6Zs/7DzFTEhiA2iGaMDfHkIYCleqXT6L+5e1/co");
    ObjectNode key =
        Json.parseObject(
            """
            {"first_message_index": 1, "forwarded_count": 0, "is_verified": false,
             "session_data": {"ciphertext": "CIPHERTEXT",
               "ephemeral": "q+P1WdRtEiPIEtNuuGrRcueZxUbLnSKdsuTAkxewXgU",
               "mac": "OibmACbORhI"}}\
            """);
    ((ObjectNode) key.path("session_data")).put("ciphertext", CIPHERTEXT);
    assertEquals(
        new RestoreOutcome(1, 0, 0),
        laptop.backup.restore(List.of(new BackedUpKey(session.room(), session.sessionId(), key))));
    assertEquals(
        KeyOrigin.BACKUP, KnownSessions.facts(laptop.sessions, session).orElseThrow().origin());
    assertTrue(KnownSessions.facts(laptop.sessions, session).orElseThrow().sharedHistory());
    assertEquals(
        "WimPd2udAU/1S/+YBpPbmr9L+0H5H+BnAVHSwDxlPGc",
        KnownSessions.facts(laptop.sessions, session).orElseThrow().senderKey().base64());
  }

  @Test
  void whatIsDamagedDoesNotSpoilTheRest() {
    handOverTheKey();
    SessionName damaged = names.getFirst();
    ObjectNode data = (ObjectNode) stored(damaged).path("session_data");
    String ciphertext = data.path("ciphertext").stringValue();
    List<String> hostile =
        List.of(
            "{}",
            "{\"session_data\": 1}",
            "{\"session_data\": {}}",
            "{\"session_data\": {\"ephemeral\": \"AAAA\", \"ciphertext\": \"\", \"mac\": \"\"}}");
    for (String json : hostile) {
      List<BackedUpKey> keys = new ArrayList<>(server.all());
      keys.add(new BackedUpKey(Owner.ROOM, "hostile", Json.parseObject(json)));
      assertEquals(1, laptop.backup.restore(keys).unusable(), json);
    }
    for (String part : List.of("ciphertext", "mac", "ephemeral")) {
      for (String value : List.of("", "!", "AAAA", "A".repeat(100_000))) {
        ObjectNode altered = stored(damaged).deepCopy();
        ((ObjectNode) altered.path("session_data")).put(part, value);
        assertEquals(
            new RestoreOutcome(0, 0, 1),
            laptop.backup.restore(
                List.of(new BackedUpKey(damaged.room(), damaged.sessionId(), altered))));
      }
    }
    data.put("ciphertext", "AAAA" + ciphertext.substring(4));
    try (Owner tablet = new Owner("TABLET", new MemoryStore());
        BackupKey key = phone.key()) {
      tablet.backup.key(key);
      server.settle(tablet);
      assertEquals(new RestoreOutcome(2, 0, 1), tablet.backup.restore(server.all()));
    }
  }

  @Test
  void aKeyUnderTheNameOfAnotherSessionIsRefused() {
    handOverTheKey();
    SessionName one = names.get(0);
    SessionName other = names.get(1);
    BackedUpKey exchanged = new BackedUpKey(one.room(), one.sessionId(), stored(other));
    assertEquals(new RestoreOutcome(0, 0, 1), laptop.backup.restore(List.of(exchanged)));
    assertEquals(Optional.empty(), KnownSessions.facts(laptop.sessions, one));
    assertEquals(Optional.empty(), KnownSessions.facts(laptop.sessions, other));
  }

  @Test
  void aSessionThatIsMissingIsFetched() {
    SessionName wanted = names.getFirst();
    laptop.backup.want(wanted);
    server.settle(laptop);
    assertEquals(Optional.empty(), laptop.backup.fetch(), "it could not be read");
    handOverTheKey();
    assertTrue(KnownSessions.facts(laptop.sessions, wanted).isPresent());
    assertFalse(KnownSessions.facts(laptop.sessions, names.getLast()).isPresent());
  }

  @Test
  void aSessionThatTheBackupDoesNotHaveIsAskedForOnceAnHour() {
    handOverTheKey();
    SessionName unknown = new SessionName(Owner.ROOM, "A".repeat(43));
    laptop.backup.want(unknown);
    BackupKeyQuery query = laptop.backup.fetch().orElseThrow();
    assertEquals(Optional.empty(), laptop.backup.fetch());
    laptop.backup.absent(query);
    laptop.backup.want(unknown);
    assertEquals(Optional.empty(), laptop.backup.fetch());
    laptop.now = laptop.now.plus(Duration.ofHours(1));
    laptop.backup.want(unknown);
    assertTrue(laptop.backup.fetch().isPresent());
  }

  @Test
  void aFetchThatFailedIsMadeAgainAfterTheOthers() {
    handOverTheKey();
    laptop.backup.want(names.get(0));
    laptop.backup.want(names.get(1));
    BackupKeyQuery first = laptop.backup.fetch().orElseThrow();
    laptop.backup.failed(first);
    BackupKeyQuery second = laptop.backup.fetch().orElseThrow();
    assertEquals(names.get(1).sessionId(), second.sessionId());
    assertEquals(RestoreOutcome.NOTHING, laptop.backup.fetched(first, stored(names.get(0))));
    server.answerFetch(laptop, second);
    server.settle(laptop);
    assertTrue(KnownSessions.facts(laptop.sessions, names.get(0)).isPresent());
    assertTrue(KnownSessions.facts(laptop.sessions, names.get(1)).isPresent());
  }

  @Test
  void moreThanAThousandMissingSessionsAreForgottenFromTheOldestOn() {
    handOverTheKey();
    laptop.backup.want(names.getFirst());
    for (int i = 0; i < 1000; i++) {
      laptop.backup.want(new SessionName(Owner.ROOM, "session " + i));
    }
    assertEquals("session 0", laptop.backup.fetch().orElseThrow().sessionId());
  }

  @Test
  void theKeyIsForgottenWithItsBackup() {
    handOverTheKey();
    ObjectNode first = server.latest;
    try (BackupKey former = phone.key()) {
      phone.backup.create();
      server.settle(phone);
      try (BackupKey key = phone.key()) {
        laptop.backup.recheck();
        server.settle(laptop);
        assertEquals(KeyOutcome.FITS, laptop.backup.key(key));
        laptop.backup.recheck();
        server.settle(laptop);
        assertEquals(new Active("2", true), laptop.backup.state());
        assertEquals(KeyOutcome.ANOTHER, laptop.backup.key(former));
        server.latest = first;
        laptop.backup.recheck();
        server.settle(laptop);
        assertEquals(new Untrusted("1"), laptop.backup.state());
      }
    }
  }
}
