package dev.sotto.client.encryption.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.encryption.backup.BackupState.Active;
import dev.sotto.client.encryption.backup.BackupState.None;
import dev.sotto.client.encryption.backup.BackupState.Unasked;
import dev.sotto.client.encryption.backup.BackupState.Untrusted;
import dev.sotto.client.encryption.backup.BackupState.Unusable;
import dev.sotto.client.encryption.megolm.KnownSessions;
import dev.sotto.client.encryption.megolm.SessionName;
import dev.sotto.client.encryption.request.OutgoingRequest.BackupCreate;
import dev.sotto.client.encryption.request.OutgoingRequest.BackupKeys;
import dev.sotto.client.encryption.request.OutgoingRequest.BackupVersionQuery;
import dev.sotto.client.engine.BackupDecryption;
import dev.sotto.client.engine.BackupKey;
import dev.sotto.client.store.FailingStore;
import dev.sotto.client.store.MemoryStore;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class KeyBackupTest {
  private final MemoryStore phoneStore = new MemoryStore();
  private final BackupServer server = new BackupServer();
  private Owner phone = new Owner("PHONE", phoneStore);

  @AfterEach
  void close() {
    phone.close();
  }

  private void restart() {
    phone.close();
    phone = new Owner("PHONE", phoneStore);
  }

  private void beginBackup() {
    server.settle(phone);
    phone.backup.create();
    server.settle(phone);
  }

  private static Set<String> sessions(List<BackupKeys> requests) {
    Set<String> ids = new HashSet<>();
    for (BackupKeys request : requests) {
      request
          .body()
          .path("rooms")
          .forEach(room -> ids.addAll(room.path("sessions").propertyNames()));
    }
    return ids;
  }

  @Test
  void whatWasTakenOfARoomIsRememberedForSomeMinutes() {
    beginBackup();
    assertFalse(phone.backup.hasTaken(Owner.ROOM));
    phone.backup.taken(Owner.ROOM, "1");
    assertTrue(phone.backup.hasTaken(Owner.ROOM));
    phone.now = phone.now.plus(Duration.ofMinutes(4));
    assertTrue(phone.backup.hasTaken(Owner.ROOM));
    phone.now = phone.now.plus(Duration.ofMinutes(1));
    assertFalse(phone.backup.hasTaken(Owner.ROOM), "others may have put more there");
    phone.backup.taken(Owner.ROOM, "1");
    assertTrue(phone.backup.hasTaken(Owner.ROOM));
    restart();
    server.settle(phone);
    assertFalse(phone.backup.hasTaken(Owner.ROOM));
  }

  @Test
  void whatWasTakenOfARoomIsForgottenWhenThereIsAnotherBackup() {
    beginBackup();
    phone.backup.taken(Owner.ROOM, "0");
    assertFalse(phone.backup.hasTaken(Owner.ROOM), "that was another one");
    phone.backup.taken(Owner.ROOM, "1");
    beginBackup();
    assertEquals(new Active("2", true), phone.backup.state());
    assertFalse(phone.backup.hasTaken(Owner.ROOM));
  }

  @Test
  void aLaterDeviceReadsWhatWasBackedUp() {
    SessionName before = phone.learn();
    beginBackup();
    SessionName after = phone.learn();
    server.settle(phone);
    assertEquals(new Active("1", true), phone.backup.state());
    assertEquals(2, server.count());

    try (Owner laptop = new Owner("LAPTOP", new MemoryStore())) {
      server.settle(laptop);
      assertEquals(new Untrusted("1"), laptop.backup.state());
      try (BackupKey key = phone.key()) {
        assertEquals(KeyOutcome.FITS, laptop.backup.key(key));
      }
      assertEquals(new Active("1", true), laptop.backup.state());
      assertEquals(new RestoreOutcome(2, 0, 0), laptop.backup.restore(server.all()));
      assertFalse(KnownSessions.facts(laptop.sessions, before).orElseThrow().proven());
      assertFalse(KnownSessions.facts(laptop.sessions, after).orElseThrow().proven());
      assertEquals(new RestoreOutcome(0, 2, 0), laptop.backup.restore(server.all()));
      assertEquals(Optional.empty(), laptop.backup.keys(), "it is in the backup already");
    }
  }

  @Test
  void nothingIsSentBeforeItIsKnownWhichBackupThereIs() {
    phone.learn();
    assertEquals(new Unasked(), phone.backup.state());
    assertEquals(Optional.empty(), phone.backup.keys());
    phone.backup.create();
    assertEquals(Optional.empty(), phone.backup.creation());
    assertTrue(phone.backup.query().isPresent());
    assertEquals(Optional.empty(), phone.backup.query(), "it is asked once at a time");
  }

  @Test
  void whereThereIsNoBackupNothingIsSent() {
    phone.learn();
    server.settle(phone);
    assertEquals(new None(), phone.backup.state());
    assertEquals(List.of(), server.received);
  }

  @Test
  void sessionsAreSentInBatchesAndEachOnce() {
    Set<String> learnt = new HashSet<>();
    for (int i = 0; i < 250; i++) {
      learnt.add(phone.learn().sessionId());
    }
    beginBackup();
    assertEquals(3, server.received.size());
    assertEquals(250, server.count());
    assertEquals(learnt, sessions(server.received));
    for (BackupKeys request : server.received) {
      assertFalse(request.body().toString().contains("session_key"));
    }
    restart();
    server.settle(phone);
    assertEquals(3, server.received.size());
  }

  @Test
  void whatTheServerDidNotConfirmIsSentAgain() {
    beginBackup();
    phone.learn();
    BackupKeys first = phone.backup.keys().orElseThrow();
    assertEquals(Optional.empty(), phone.backup.keys());
    phone.backup.failed(first);
    BackupKeys second = phone.backup.keys().orElseThrow();
    phone.backup.sent(first);
    assertEquals(sessions(List.of(first)), sessions(List.of(second)));

    restart();
    server.settle(phone);
    assertEquals(sessions(List.of(first)), sessions(server.received));
  }

  @Test
  void aSessionThatCameDuringARequestIsSentWithTheNext() {
    beginBackup();
    phone.learn();
    BackupKeys request = phone.backup.keys().orElseThrow();
    SessionName late = phone.learn();
    phone.backup.sent(request);
    server.settle(phone);
    assertEquals(Set.of(late.sessionId()), sessions(server.received));
  }

  @Test
  void anotherBackupGetsEverything() {
    phone.learn();
    phone.learn();
    beginBackup();
    phone.backup.create();
    phone.learn();
    server.settle(phone);
    assertEquals(new Active("2", true), phone.backup.state());
    assertEquals(3, server.count());
  }

  @Test
  void aBackupWithTheSameVersionAndAnotherKeyGetsEverything() {
    phone.learn();
    beginBackup();
    ObjectNode other = phone.signedBackup();
    server.latest = other.put("version", "1");
    server.rooms = Json.object();
    phone.backup.recheck();
    server.settle(phone);
    assertEquals(1, server.count());
  }

  /// A backup that another process of a device would make, signed by that device.
  @Test
  void whenTheServerHasALaterVersionItIsLookedAtAnew() {
    phone.learn();
    beginBackup();
    server.create(phone.signedBackup());
    phone.learn();
    server.settle(phone);
    assertEquals(new Active("2", false), phone.backup.state());
    assertEquals(2, server.count());
  }

  @Test
  void aServerThatRefusesItsOwnLatestVersionIsNotAskedForEver() {
    beginBackup();
    phone.learn();
    phone.backup.refused(phone.backup.keys().orElseThrow());
    server.settle(phone);
    assertEquals(new Unusable(), phone.backup.state());
    assertEquals(List.of(), server.received);
    phone.backup.recheck();
    server.settle(phone);
    assertEquals(1, server.count());
  }

  @Test
  void theIdentitySignsANewBackup() {
    phone.beginIdentity();
    beginBackup();
    ObjectNode about = server.latest;
    assertNotNull(about);
    assertEquals(2, about.path("auth_data").path("signatures").path(Owner.ALICE.value()).size());
  }

  @Test
  void anotherKeyIsRefused() {
    beginBackup();
    try (BackupDecryption other = BackupDecryption.create();
        BackupKey key = other.key();
        BackupKey own = phone.key()) {
      assertEquals(KeyOutcome.ANOTHER, phone.backup.key(key));
      assertEquals(own, phone.key());
      assertNotEquals(key, own);
    }
  }

  @Test
  void aKeyThatCameBeforeTheServerAnsweredIsTried() {
    beginBackup();
    try (Owner laptop = new Owner("LAPTOP", new MemoryStore());
        BackupKey key = phone.key()) {
      assertEquals(KeyOutcome.KEPT, laptop.backup.key(key));
      server.settle(laptop);
      assertEquals(new Active("1", true), laptop.backup.state());
    }
  }

  @Test
  void aBackupWhoseMakingWasNotConfirmedIsRecognised() {
    server.settle(phone);
    phone.backup.create();
    BackupCreate create = phone.backup.creation().orElseThrow();
    server.create(create.body());
    phone.backup.failed(create);
    server.settle(phone);
    assertEquals(new Active("1", true), phone.backup.state());

    phone.backup.create();
    server.create(phone.backup.creation().orElseThrow().body());
    restart();
    server.settle(phone);
    assertEquals(new Active("2", true), phone.backup.state());
  }

  @Test
  void aBackupIsNotReplacedByOneThatWasMadeBecauseNobodyKnewOfIt() {
    beginBackup();
    phone.backup.recheck();
    phone.backup.failed(phone.backup.query().orElseThrow());
    phone.backup.create();
    restart();
    server.settle(phone);
    assertEquals(new Active("1", true), phone.backup.state());
  }

  @Test
  void aBackupThatCouldNotBeMadeIsOfferedAgain() {
    server.settle(phone);
    phone.backup.create();
    phone.backup.failed(phone.backup.creation().orElseThrow());
    restart();
    server.settle(phone);
    assertEquals(new Active("1", true), phone.backup.state());
  }

  @Test
  void aBackupThatTheServerDoesNotWantIsNotOfferedForEver() {
    server.settle(phone);
    phone.backup.create();
    phone.backup.refused(phone.backup.creation().orElseThrow());
    server.settle(phone);
    assertEquals(new None(), phone.backup.state());
    assertNull(server.latest);
  }

  @Test
  void aBackupThatWasGivenUpIsNotMadeAndYetRecognised() {
    server.settle(phone);
    phone.backup.create();
    assertEquals(Optional.empty(), phone.backup.key(), "the server does not have it");
    BackupCreate create = phone.backup.creation().orElseThrow();
    phone.backup.failed(create);
    phone.backup.withdraw();
    server.settle(phone);
    assertEquals(new None(), phone.backup.state());
    restart();
    server.settle(phone);
    assertNull(server.latest);

    // It did arrive, late.
    server.create(create.body());
    phone.backup.recheck();
    server.settle(phone);
    assertEquals(new Active("1", true), phone.backup.state());
  }

  @Test
  void whereverTheProcessDiesNothingIsMissingInTheEnd() {
    for (int left = 0; left < 12; left++) {
      MemoryStore store = new MemoryStore();
      BackupServer ownServer = new BackupServer();
      try (Owner first = new Owner("PHONE", store)) {
        first.learn();
        first.learn();
      }
      int survived = left;
      try (Owner dying =
          new Owner("PHONE", new FailingStore(store, survived, FailingStore.Way.FOR_GOOD))) {
        ownServer.settle(dying);
        dying.backup.create();
        ownServer.settle(dying);
        dying.learn();
        ownServer.settle(dying);
        dying.backup.create();
        ownServer.settle(dying);
      } catch (FailingStore.Failure _) {
        assertTrue(survived < 12);
      }
      try (Owner next = new Owner("PHONE", store)) {
        ownServer.settle(next);
        if (ownServer.latest == null) {
          continue;
        }
        Active active = assertInstanceOf(Active.class, next.backup.state());
        assertTrue(active.readable(), "the key of each backup was kept before it was made");
        assertTrue(ownServer.count() >= 2);
        assertEquals(Optional.empty(), next.backup.keys());
        try (Owner laptop = new Owner("LAPTOP", new MemoryStore());
            BackupKey key = next.key()) {
          laptop.backup.key(key);
          ownServer.settle(laptop);
          assertEquals(ownServer.count(), laptop.backup.restore(ownServer.all()).imported());
        }
      }
    }
  }

  @Test
  void backupsThatAreTurnedOffStayOff() {
    beginBackup();
    phone.backup.enable(false);
    phone.learn();
    server.settle(phone);
    assertEquals(0, server.count());
    restart();
    server.settle(phone);
    assertEquals(new Unasked(), phone.backup.state());
    phone.backup.enable(true);
    server.settle(phone);
    assertEquals(1, server.count());
  }

  @Test
  void thePreferenceIsReadAndWritten() {
    assertEquals(Optional.of(false), KeyBackup.preference(KeyBackup.preference(false)));
    assertEquals(Optional.of(true), KeyBackup.preference(KeyBackup.preference(true)));
    assertEquals(Optional.empty(), KeyBackup.preference(Json.parse("{\"enabled\": \"yes\"}")));
    assertEquals(Optional.empty(), KeyBackup.preference(Json.object()));
  }

  @Test
  void anAnswerNobodyAskedForIsPassedOver() {
    beginBackup();
    BackupState before = phone.backup.state();
    BackupVersionQuery invented = new BackupVersionQuery("invented");
    phone.backup.found(invented, Json.object());
    phone.backup.absent(invented);
    phone.backup.failed(invented);
    BackupKeys keys = new BackupKeys("invented", "1", Json.object());
    phone.backup.sent(keys);
    phone.backup.refused(keys);
    phone.backup.created(new BackupCreate("invented", Json.object()), Json.object());
    assertEquals(before, phone.backup.state());
  }

  @Test
  void aBackupThatWasMadeWithoutAVersionIsLookedFor() {
    server.settle(phone);
    phone.backup.create();
    BackupCreate create = phone.backup.creation().orElseThrow();
    server.create(create.body());
    phone.backup.created(create, Json.object());
    assertEquals(new Unasked(), phone.backup.state());
    server.settle(phone);
    assertEquals(new Active("1", true), phone.backup.state());
  }
}
