package dev.sotto.homeserver.pushers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PushersTest {
  private static final UserId ALICE = new UserId("@alice:example.org");
  private static final UserId BOB = new UserId("@bob:example.org");
  private static final DeviceId PHONE = new DeviceId("PHONE");
  private static final DeviceId DESK = new DeviceId("DESK");
  private static final String GATEWAY = "https://push.example.org/_matrix/push/v1/notify";

  private Database database;
  private Journal journal;
  private Users users;
  private Pushers pushers;

  @BeforeEach
  void open() {
    database = Database.inMemory(UUID.randomUUID().toString());
    journal = new Journal(database);
    users = new Users(database, journal);
    pushers = new Pushers(database, journal, users, true, InstantSource.system());
  }

  @AfterEach
  void close() {
    journal.close();
    database.close();
  }

  private static Pusher pusher(String app, String key, String name, String url) {
    return new Pusher(
        app,
        key,
        "http",
        name,
        "phone",
        null,
        "en",
        Json.parseObject("{\"url\":\"" + url + "\",\"other\":1}"));
  }

  private static Pusher pusher(String key, String name) {
    return pusher("org.example", key, name, GATEWAY);
  }

  @Test
  void aPusherIsSetReplacedAndDeleted() {
    pushers.set(ALICE, PHONE, pusher("a", "one"), false);
    pushers.set(ALICE, PHONE, pusher("b", "two"), false);
    pushers.set(ALICE, PHONE, pusher("a", "three"), false);
    assertEquals(2, pushers.of(ALICE).size());
    assertEquals(1, pushers.of(ALICE).stream().filter(p -> p.equals(pusher("a", "three"))).count());
    pushers.delete(ALICE, "org.example", "b");
    pushers.delete(ALICE, "org.example", "none");
    assertEquals(List.of(pusher("a", "three")), pushers.of(ALICE));
  }

  @Test
  void aKeyGoesToItsNewUserUnlessBothShallHaveIt() {
    pushers.set(ALICE, PHONE, pusher("a", "one"), false);
    pushers.set(BOB, PHONE, pusher("a", "one"), true);
    assertEquals(1, pushers.of(ALICE).size());
    pushers.set(BOB, PHONE, pusher("a", "one"), false);
    assertEquals(List.of(), pushers.of(ALICE));
    assertEquals(1, pushers.of(BOB).size());
  }

  @Test
  void aPusherGoesWithItsDevice() {
    pushers.set(ALICE, PHONE, pusher("a", "one"), false);
    pushers.set(ALICE, DESK, pusher("b", "two"), false);
    journal.change(tx -> pushers.removed(tx, users.number(ALICE), PHONE));
    assertEquals(List.of(pusher("b", "two")), pushers.of(ALICE));
    pushers.deleteAll(ALICE);
    assertEquals(List.of(), pushers.of(ALICE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://push.example.org/_matrix/push/v1/notify",
        "https://push.example.org/elsewhere",
        "https:///_matrix/push/v1/notify",
        "file:///_matrix/push/v1/notify",
        "not a url"
      })
  void aGatewayIsReachedSafelyAtItsOwnPath(String url) {
    assertThrows(
        MatrixException.class,
        () -> pushers.set(ALICE, PHONE, pusher("org.example", "a", "one", url), false));
    assertEquals(List.of(), pushers.of(ALICE));
  }

  @Test
  void keysHaveLimits() {
    Pusher longApp = pusher("x".repeat(65), "a", "one", GATEWAY);
    Pusher longKey = pusher("org.example", "x".repeat(513), "one", GATEWAY);
    assertThrows(MatrixException.class, () -> pushers.set(ALICE, PHONE, longApp, false));
    assertThrows(MatrixException.class, () -> pushers.set(ALICE, PHONE, longKey, false));
    assertThrows(MatrixException.class, () -> pushers.delete(ALICE, "", "a"));
  }
}
