package dev.sotto.homeserver.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.homeserver.blindness.EncryptionPolicy;
import dev.sotto.homeserver.blindness.Gate;
import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BackupsTest {
  private static final UserId ALICE = new UserId("@alice:example.org");
  private static final UserId BOB = new UserId("@bob:example.org");
  private static final RoomId ROOM = new RoomId("!room:example.org");
  private static final int MAX_KEYS = 2000;
  private static final String ALGORITHM = "m.megolm_backup.v1.curve25519-aes-sha2";

  private final Database database = Database.inMemory(UUID.randomUUID().toString());
  private final Journal journal = new Journal(database);
  private final Backups backups = backups(EncryptionPolicy.OPTIONAL);

  private Backups backups(EncryptionPolicy policy) {
    return new Backups(database, journal, new Users(database, journal), new Gate(policy), MAX_KEYS);
  }

  @AfterEach
  void close() {
    journal.close();
    database.close();
  }

  private String create() {
    return Long.toString(backups.create(ALICE, ALGORITHM, Json.object().put("public_key", "k")));
  }

  private static BackedUpKey key(String session, long index, long forwarded, boolean verified) {
    String data = "{\"ciphertext\":\"" + index + "/" + forwarded + "/" + verified + "\"}";
    return new BackedUpKey(ROOM, session, index, forwarded, verified, data);
  }

  private List<BackedUpKey> read(String version, Selection which) {
    List<BackedUpKey> keys = new ArrayList<>();
    List<BackedUpKey> page = backups.page(ALICE, version, which, null, 100);
    while (!page.isEmpty()) {
      keys.addAll(page);
      page = backups.page(ALICE, version, which, page.getLast(), 100);
    }
    return keys;
  }

  private static MatrixException refused(Runnable action) {
    return assertThrows(MatrixException.class, action::run);
  }

  private static ErrorCode codeOf(Runnable action) {
    return refused(action).code();
  }

  @Test
  void theBetterKeyStays() {
    String version = create();
    List<BackedUpKey> worseToBetter =
        List.of(
            key("s", 9, 9, false),
            key("s", 9, 8, false),
            key("s", 5, 9, false),
            key("s", 7, 9, true),
            key("s", 7, 0, true),
            key("s", 6, 3, true));
    for (int better = 0; better < worseToBetter.size(); better++) {
      backups.put(ALICE, version, List.of(worseToBetter.get(better)));
      for (int worse = 0; worse <= better; worse++) {
        BackupVersion before = backups.get(ALICE, version);
        BackupState state = backups.put(ALICE, version, List.of(worseToBetter.get(worse)));
        assertEquals(List.of(worseToBetter.get(better)), read(version, Selection.of(ROOM, "s")));
        assertEquals(new BackupState(before.etag(), 1), state);
      }
    }
  }

  @Test
  void theEtagChangesWithTheKeysAndTheCountFollows() {
    String version = create();
    long empty = backups.get(ALICE, version).etag();
    BackupState two =
        backups.put(ALICE, version, List.of(key("a", 1, 0, true), key("b", 1, 0, true)));
    assertEquals(2, two.count());
    assertNotEquals(empty, two.etag());
    BackupState one = backups.deleteKeys(ALICE, version, Selection.of(ROOM, "a"));
    assertEquals(1, one.count());
    assertNotEquals(two.etag(), one.etag());
    assertEquals(one, backups.deleteKeys(ALICE, version, Selection.of(ROOM, "a")));
    assertEquals(
        List.of("b"), read(version, Selection.ALL).stream().map(BackedUpKey::session).toList());
    assertEquals(0, backups.deleteKeys(ALICE, version, Selection.ALL).count());
    assertEquals(List.of(), read(version, Selection.ALL));
  }

  @Test
  void aLargeUploadIsStoredWhole() {
    String version = create();
    List<BackedUpKey> keys = new ArrayList<>();
    for (int i = 0; i < 1777; i++) {
      keys.add(
          new BackedUpKey(
              new RoomId("!r" + i % 7 + ":example.org"),
              "s" + i,
              i,
              0,
              false,
              "{\"n\":" + i + "}"));
    }
    assertEquals(1777, backups.put(ALICE, version, keys).count());
    assertEquals(1777, backups.put(ALICE, version, keys).count());
    assertEquals(1777, read(version, Selection.ALL).size());
    assertEquals(254, read(version, Selection.of(new RoomId("!r0:example.org"))).size());
    assertEquals(1777, backups.latest(ALICE).count());
  }

  @Test
  void aFullBackupTakesBetterKeysButNoMore() {
    String version = create();
    List<BackedUpKey> keys = new ArrayList<>();
    for (int i = 0; i < MAX_KEYS; i++) {
      keys.add(key("s" + i, 1, 0, false));
    }
    backups.put(ALICE, version, keys);
    assertEquals(
        ErrorCode.M_RESOURCE_LIMIT_EXCEEDED,
        codeOf(() -> backups.put(ALICE, version, List.of(key("more", 1, 0, true)))));
    BackedUpKey better = key("s7", 0, 0, true);
    assertEquals(MAX_KEYS, backups.put(ALICE, version, List.of(better)).count());
    assertEquals(List.of(better), read(version, Selection.of(ROOM, "s7")));
  }

  @Test
  void aKeyHasItsMeasure() {
    String version = create();
    String large = "{\"ciphertext\":\"" + "A".repeat(9000) + "\"}";
    assertEquals(
        ErrorCode.M_TOO_LARGE,
        codeOf(
            () ->
                backups.put(
                    ALICE, version, List.of(new BackedUpKey(ROOM, "s", 0, 0, true, large)))));
  }

  @Test
  void theNewestTenVersionsAreKept() {
    String first = create();
    backups.put(ALICE, first, List.of(key("a", 1, 0, true)));
    String second = create();
    for (int i = 0; i < 9; i++) {
      create();
    }
    assertEquals(ErrorCode.M_NOT_FOUND, codeOf(() -> backups.get(ALICE, first)));
    assertEquals(0, stored());
    assertEquals(2, backups.get(ALICE, second).number());
    assertEquals(10, versions());
  }

  private long versions() {
    return database.read(
        handle ->
            handle.createQuery("SELECT COUNT(*) FROM backup_versions").mapTo(Long.class).one());
  }

  @Test
  void blindServerTakesOnlyEncryptedKeys() {
    String version = create();
    Backups blind = backups(EncryptionPolicy.REQUIRED);
    String encrypted = "{\"ephemeral\":\"AAAA\",\"ciphertext\":\"BBBB\",\"mac\":\"CCCC\"}";
    String plain = "{\"session_key\":\"AAAA\",\"sender_key\":\"BBBB\"}";
    blind.put(ALICE, version, List.of(new BackedUpKey(ROOM, "AAs", 0, 0, true, encrypted)));
    List<BackedUpKey> both =
        List.of(
            new BackedUpKey(ROOM, "AAt", 0, 0, true, encrypted),
            new BackedUpKey(ROOM, "AAu", 0, 0, true, plain));
    assertEquals(ErrorCode.M_FORBIDDEN, codeOf(() -> blind.put(ALICE, version, both)));
    assertEquals(1, stored());
  }

  @Test
  void onlyTheNewestVersionIsWrittenTo() {
    String old = create();
    backups.put(ALICE, old, List.of(key("a", 1, 0, true)));
    String newest = create();
    MatrixException refusal = refused(() -> backups.put(ALICE, old, List.of(key("b", 1, 0, true))));
    assertEquals(ErrorCode.M_WRONG_ROOM_KEYS_VERSION, refusal.code());
    assertEquals(Map.of("current_version", newest), refusal.fields());
    assertEquals(1, read(old, Selection.ALL).size());
    assertEquals(ErrorCode.M_NOT_FOUND, codeOf(() -> backups.put(ALICE, "99", List.of())));
    assertEquals(ErrorCode.M_NOT_FOUND, codeOf(() -> backups.put(ALICE, "bogus", List.of())));
  }

  @Test
  void aDeletedVersionIsGoneAndItsNumberIsNotGivenAgain() {
    String first = create();
    String second = create();
    backups.put(ALICE, second, List.of(key("a", 1, 0, true)));
    backups.delete(ALICE, second);
    assertEquals(ErrorCode.M_NOT_FOUND, codeOf(() -> backups.get(ALICE, second)));
    assertEquals(ErrorCode.M_NOT_FOUND, codeOf(() -> read(second, Selection.ALL)));
    assertEquals(ErrorCode.M_NOT_FOUND, codeOf(() -> backups.delete(ALICE, second)));
    assertEquals(first, Long.toString(backups.latest(ALICE).number()));
    String third = create();
    assertNotEquals(second, third);
    assertEquals(0, stored());
  }

  private long stored() {
    return database.read(
        handle -> handle.createQuery("SELECT COUNT(*) FROM backup_keys").mapTo(Long.class).one());
  }

  @Test
  void onlyAuthDataCanBeChanged() {
    String version = create();
    backups.update(ALICE, version, ALGORITHM, Json.object().put("public_key", "other"));
    assertEquals("other", backups.get(ALICE, version).authData().path("public_key").asString());
    assertEquals(
        ErrorCode.M_INVALID_PARAM,
        codeOf(() -> backups.update(ALICE, version, "another", Json.object())));
    assertEquals(
        ErrorCode.M_NOT_FOUND, codeOf(() -> backups.update(ALICE, "7", ALGORITHM, Json.object())));
  }

  @Test
  void usersSeeTheirOwnBackupsOnly() {
    String version = create();
    assertEquals(ErrorCode.M_NOT_FOUND, codeOf(() -> backups.latest(BOB)));
    assertEquals(ErrorCode.M_NOT_FOUND, codeOf(() -> backups.get(BOB, version)));
    assertEquals(ErrorCode.M_NOT_FOUND, codeOf(() -> backups.put(BOB, version, List.of())));
  }

  @Test
  void aUserWhoIsGoneLeavesNothing() {
    String version = create();
    backups.put(ALICE, version, List.of(key("a", 1, 0, true)));
    backups.userRemoved(ALICE);
    assertEquals(ErrorCode.M_NOT_FOUND, codeOf(() -> backups.latest(ALICE)));
    assertEquals(0, stored());
  }

  @Test
  void keysAndNamesThatAreTooLargeAreRefused() {
    String version = create();
    BackedUpKey large =
        new BackedUpKey(ROOM, "s", 0, 0, true, "{\"x\":\"" + "y".repeat(70_000) + "\"}");
    assertEquals(ErrorCode.M_TOO_LARGE, codeOf(() -> backups.put(ALICE, version, List.of(large))));
    assertEquals(
        ErrorCode.M_INVALID_PARAM,
        codeOf(() -> backups.put(ALICE, version, List.of(key("s".repeat(256), 0, 0, true)))));
    assertEquals(0, stored());
  }
}
