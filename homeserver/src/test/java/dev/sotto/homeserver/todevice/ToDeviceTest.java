package dev.sotto.homeserver.todevice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.homeserver.blindness.EncryptionPolicy;
import dev.sotto.homeserver.blindness.Gate;
import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.devices.Devices;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Topics;
import dev.sotto.homeserver.journal.Watch;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class ToDeviceTest {
  private static final UserId ALICE = new UserId("@alice:example.org");
  private static final UserId BOB = new UserId("@bob:example.org");
  private static final UserId MALLORY = new UserId("@mallory:example.org");
  private static final DeviceId PHONE = new DeviceId("PHONE");
  private static final DeviceId LAPTOP = new DeviceId("LAPTOP");
  private static final int MAX_WAITING = 20;

  private final Database database = Database.inMemory(UUID.randomUUID().toString());
  private Journal journal = new Journal(database);
  private Users users;
  private ToDevice toDevice;
  private long alice;
  private long bob;

  @BeforeEach
  void login() {
    open();
    alice = users.number(ALICE);
    bob = users.number(BOB);
    Devices devices =
        new Devices(
            database,
            journal,
            new Gate(EncryptionPolicy.OPTIONAL),
            new SecureRandom(),
            Clock.systemUTC());
    journal.change(
        tx -> {
          devices.ensure(tx, alice, PHONE, null);
          devices.ensure(tx, bob, PHONE, null);
          devices.ensure(tx, bob, LAPTOP, null);
        });
  }

  private void open() {
    users = new Users(database, journal);
    toDevice = toDevice(EncryptionPolicy.OPTIONAL);
  }

  private ToDevice toDevice(EncryptionPolicy policy) {
    return new ToDevice(
        database,
        journal,
        users,
        new Devices(
            database,
            journal,
            new Gate(EncryptionPolicy.OPTIONAL),
            new SecureRandom(),
            Clock.systemUTC()),
        new Gate(policy),
        Clock.systemUTC(),
        MAX_WAITING);
  }

  private void reopen() {
    journal.close();
    journal = new Journal(database);
    open();
  }

  @AfterEach
  void close() {
    journal.close();
    database.close();
  }

  private static ObjectNode content(String text) {
    return Json.object().put("text", text);
  }

  private void send(String txnId, String device, String text) {
    toDevice.send(ALICE, PHONE, "m.test", txnId, Map.of(BOB, Map.of(device, content(text))));
  }

  private ToDeviceBatch read(DeviceId device, long from, int limit) {
    return toDevice.since(bob, device, from, journal.head(), limit);
  }

  private List<String> texts(DeviceId device) {
    return texts(read(device, 0, 1000));
  }

  private static List<String> texts(ToDeviceBatch batch) {
    return batch.messages().stream()
        .map(json -> Json.parseObject(json).at("/content/text").asString())
        .toList();
  }

  @Test
  void aMessageIsReadAsItWasSent() {
    send("1", "PHONE", "hello");
    ToDeviceBatch batch = read(PHONE, 0, 100);
    assertEquals(
        Json.parseObject(
            """
            {"sender": "@alice:example.org", "type": "m.test", "content": {"text": "hello"}}
            """),
        Json.parseObject(batch.messages().getFirst()));
    assertEquals(List.of(), texts(LAPTOP));
    assertEquals(journal.head(), batch.last());
  }

  @Test
  void aStarMeansAllDevicesAndANameComesFirst() {
    toDevice.send(
        ALICE,
        PHONE,
        "m.test",
        "1",
        Map.of(
            BOB,
            Map.of("*", content("all"), "LAPTOP", content("one")),
            ALICE,
            Map.of("*", content("own"))));
    assertEquals(List.of("all"), texts(PHONE));
    assertEquals(List.of("one"), texts(LAPTOP));
    assertEquals(List.of("own"), texts(toDevice.since(alice, PHONE, 0, journal.head(), 10)));
  }

  @Test
  void aRepeatedTransactionIsSentOnceAlsoAfterARestart() {
    send("1", "PHONE", "once");
    send("1", "PHONE", "once");
    reopen();
    send("1", "PHONE", "once");
    assertEquals(List.of("once"), texts(PHONE));
    send("2", "PHONE", "twice");
    toDevice.send(ALICE, LAPTOP, "m.test", "1", Map.of(BOB, Map.of("PHONE", content("other"))));
    assertEquals(List.of("once", "twice", "other"), texts(PHONE));
  }

  @Test
  void aTransactionSentByManyAtOnceArrivesOnce() throws Exception {
    List<Thread> threads =
        IntStream.range(0, 50)
            .mapToObj(i -> Thread.ofVirtual().start(() -> send("t" + i % 5, "PHONE", "m" + i % 5)))
            .toList();
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(List.of("m0", "m1", "m2", "m3", "m4"), texts(PHONE).stream().sorted().toList());
  }

  @Test
  void messagesAreReadInPartsAndGoneOnceTheDeviceHasSyncedPastThem() {
    for (int i = 0; i < 5; i++) {
      send("t" + i, "PHONE", "m" + i);
    }
    ToDeviceBatch first = read(PHONE, 0, 2);
    assertEquals(List.of("m0", "m1"), texts(first));
    ToDeviceBatch rest = read(PHONE, first.last(), 100);
    assertEquals(List.of("m2", "m3", "m4"), texts(rest));
    // Asked again with the same token, they are all there: the answer may have been lost.
    assertEquals(List.of("m0", "m1"), texts(read(PHONE, 0, 2)));

    toDevice.deleteUpTo(bob, PHONE, first.last());
    settle();
    assertEquals(List.of("m2", "m3", "m4"), texts(PHONE));
    toDevice.deleteUpTo(bob, PHONE, rest.last());
    settle();
    assertEquals(List.of(), texts(PHONE));
    assertEquals(0, stored());
    send("t9", "PHONE", "m9");
    assertEquals(List.of("m9"), texts(PHONE));
    reopen();
    assertEquals(List.of("m9"), texts(PHONE));
  }

  /// Waits until what was submitted before is done.
  private void settle() {
    journal.change(_ -> {});
  }

  private long stored() {
    return database.read(
        handle ->
            handle.createQuery("SELECT COUNT(*) FROM to_device_messages").mapTo(Long.class).one());
  }

  @Test
  void aFullQueueLosesItsOldest() {
    for (int i = 0; i < MAX_WAITING + 5; i++) {
      send("t" + i, "PHONE", "m" + i);
    }
    List<String> texts = texts(PHONE);
    assertTrue(texts.size() <= MAX_WAITING, "it holds " + texts.size());
    assertTrue(texts.size() > MAX_WAITING / 2, "it holds " + texts.size());
    assertEquals("m" + (MAX_WAITING + 4), texts.getLast());
    reopen();
    for (int i = 0; i < MAX_WAITING; i++) {
      send("u" + i, "PHONE", "n" + i);
    }
    texts = texts(PHONE);
    assertTrue(texts.size() <= MAX_WAITING, "it holds " + texts.size());
    assertEquals("n" + (MAX_WAITING - 1), texts.getLast());
  }

  private void send(UserId sender, String txnId, String text) {
    toDevice.send(sender, null, "m.test", txnId, Map.of(BOB, Map.of("PHONE", content(text))));
  }

  @Test
  void whoFillsAQueuePushesOutNoMessagesButTheirOwn() {
    for (int i = 0; i < 8; i++) {
      send("t" + i, "PHONE", "m" + i);
    }
    for (int i = 0; i < 3 * MAX_WAITING; i++) {
      send(MALLORY, "flood" + i, "flood");
    }
    List<String> texts = texts(PHONE);
    assertTrue(texts.size() <= MAX_WAITING, "it holds " + texts.size());
    assertEquals(
        List.of("m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7"),
        texts.stream().filter(text -> !text.equals("flood")).toList());
  }

  @Test
  void aQueueThatSomebodyFilledTakesWhatOthersSend() {
    for (int i = 0; i < MAX_WAITING; i++) {
      send(MALLORY, "flood" + i, "flood");
    }
    for (int i = 0; i < 3; i++) {
      send("t" + i, "PHONE", "m" + i);
    }
    assertEquals(
        List.of("m0", "m1", "m2"),
        texts(PHONE).stream().filter(text -> !text.equals("flood")).toList());
    reopen();
    send("t6", "PHONE", "m6");
    assertEquals("m6", texts(PHONE).getLast());
    assertTrue(stored() <= MAX_WAITING, "it holds " + stored());
  }

  @Test
  void aMessageForAllOfVeryManyDevicesIsNotMultiplied() {
    Devices devices =
        new Devices(
            database,
            journal,
            new Gate(EncryptionPolicy.OPTIONAL),
            new SecureRandom(),
            Clock.systemUTC());
    journal.change(
        tx -> {
          for (int i = 0; i < 700; i++) {
            devices.ensure(tx, bob, new DeviceId("D" + i), null);
          }
        });
    assertEquals(
        ErrorCode.M_TOO_LARGE,
        refused(toDevice, "m.test", Map.of(BOB, Map.of("*", content("x".repeat(60_000))))));
    assertEquals(0, stored());
  }

  @Test
  void nothingIsKeptForDevicesThatAreNotThere() {
    send("1", "NOSUCH", "lost");
    toDevice.send(
        ALICE,
        PHONE,
        "m.test",
        "2",
        Map.of(new UserId("@nobody:example.org"), Map.of("*", content("lost"))));
    assertEquals(0, stored());
  }

  @Test
  void aMessageWakesItsUser() {
    try (Watch watch = journal.watchers().watch(Topics.user(bob))) {
      send("1", "PHONE", "hello");
      assertTrue(watch.await(Duration.ofSeconds(10)));
    }
  }

  @Test
  void whatTheGateRefusesAndWhatIsTooLargeIsNotSentAtAll() {
    Map<UserId, Map<String, ObjectNode>> messages =
        Map.of(BOB, Map.of("PHONE", content("x".repeat(70_000)), "LAPTOP", content("small")));
    List<ErrorCode> codes = new ArrayList<>();
    for (String type : List.of("m.test", "", "t".repeat(256))) {
      codes.add(refused(toDevice, type, messages));
    }
    codes.add(
        refused(
            toDevice(EncryptionPolicy.REQUIRED),
            "m.test",
            Map.of(BOB, Map.of("LAPTOP", content("small")))));
    assertEquals(
        List.of(
            ErrorCode.M_TOO_LARGE,
            ErrorCode.M_INVALID_PARAM,
            ErrorCode.M_INVALID_PARAM,
            ErrorCode.M_FORBIDDEN),
        codes);
    assertEquals(0, stored());
  }

  private static ErrorCode refused(
      ToDevice toDevice, String type, Map<UserId, Map<String, ObjectNode>> messages) {
    return assertThrows(
            MatrixException.class, () -> toDevice.send(ALICE, PHONE, type, "1", messages))
        .code();
  }

  @Test
  void blindServerQueuesWhatTheGateLeavesOfAMessage() {
    toDevice(EncryptionPolicy.REQUIRED)
        .send(ALICE, PHONE, "m.dummy", "1", Map.of(BOB, Map.of("LAPTOP", content("hello"))));
    ToDeviceBatch batch = read(LAPTOP, 0, 10);
    assertEquals(
        Json.parseObject(
            "{\"sender\": \"" + ALICE.value() + "\", \"type\": \"m.dummy\", \"content\": {}}"),
        Json.parseObject(batch.messages().getFirst()));
  }

  @Test
  void aRemovedDeviceLosesItsMessages() {
    send("1", "*", "hello");
    journal.change(tx -> toDevice.removed(tx, bob, PHONE));
    assertEquals(List.of(), texts(PHONE));
    assertEquals(List.of("hello"), texts(LAPTOP));
  }
}
