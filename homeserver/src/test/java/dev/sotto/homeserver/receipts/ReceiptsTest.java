package dev.sotto.homeserver.receipts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.homeserver.accountdata.AccountData;
import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Topics;
import dev.sotto.homeserver.journal.Watch;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReceiptsTest {
  private static final UserId ALICE = new UserId("@alice:example.org");
  private static final UserId BOB = new UserId("@bob:example.org");
  private static final RoomId ROOM = new RoomId("!room:example.org");
  private static final RoomId OTHER = new RoomId("!other:example.org");
  private static final long NUMBER = 1;
  private static final EventId ONE = new EventId("$one");
  private static final EventId TWO = new EventId("$two");
  private static final EventId IN_THREAD = new EventId("$in-thread");
  private static final EventId THREE = new EventId("$three");
  private static final Map<EventId, EventPositions.Place> PLACES =
      Map.of(
          ONE, new EventPositions.Place(101, null),
          TWO, new EventPositions.Place(102, null),
          IN_THREAD, new EventPositions.Place(103, ONE),
          THREE, new EventPositions.Place(104, null));

  private Database database;
  private Journal journal;
  private Users users;
  private AccountData accountData;
  private Receipts receipts;

  @BeforeEach
  void open() {
    database = Database.inMemory(UUID.randomUUID().toString());
    journal = new Journal(database);
    users = new Users(database, journal);
    accountData = new AccountData(database, journal, users, _ -> Optional.of(NUMBER), Map.of());
    receipts = make();
  }

  private Receipts make() {
    return new Receipts(
        database,
        journal,
        users,
        accountData,
        (room, _) -> {
          if (!room.equals(ROOM)) {
            throw MatrixException.forbidden("not joined");
          }
          return NUMBER;
        },
        (_, event) -> Optional.ofNullable(PLACES.get(event)),
        InstantSource.fixed(Instant.ofEpochMilli(5)));
  }

  @AfterEach
  void close() {
    journal.close();
    database.close();
  }

  private void read(UserId user, EventId event, @Nullable String thread) {
    receipts.send(user, ROOM, ReceiptType.READ, event, thread);
  }

  private List<Receipt> seenBy(UserId viewer) {
    return receipts.room(viewer, NUMBER, journal.head());
  }

  private static Receipt receipt(UserId user, @Nullable String thread, EventId event) {
    return new Receipt(user, false, thread, event, 5);
  }

  private static void assertCode(ErrorCode code, Runnable call) {
    assertEquals(code, assertThrows(MatrixException.class, call::run).code());
  }

  @Test
  void aReceiptMovesForwardAndNeverBack() {
    read(ALICE, TWO, null);
    long head = journal.head();
    read(ALICE, ONE, null);
    read(ALICE, TWO, null);
    assertEquals(head, journal.head());
    assertEquals(List.of(receipt(ALICE, null, TWO)), seenBy(BOB));
    read(ALICE, THREE, null);
    assertEquals(List.of(receipt(ALICE, null, THREE)), seenBy(BOB));
  }

  @Test
  void eachThreadHasAReceiptOfItsOwn() {
    read(ALICE, TWO, null);
    read(ALICE, ONE, "main");
    read(ALICE, IN_THREAD, "$one");
    assertEquals(3, seenBy(BOB).size());
    ReadMarks marks = receipts.readMarks(ALICE, NUMBER);
    assertEquals(102, marks.readUpTo("main"));
    assertEquals(103, marks.readUpTo("$one"));
    assertEquals(102, marks.readUpTo("$elsewhere"));
  }

  @Test
  void readMarksAreTheSameFromMemoryAndFromDisk() {
    assertEquals(ReadMarks.NONE, receipts.readMarks(ALICE, NUMBER));
    read(ALICE, ONE, null);
    receipts.send(ALICE, ROOM, ReceiptType.READ_PRIVATE, TWO, null);
    read(ALICE, IN_THREAD, "$one");
    ReadMarks marks = receipts.readMarks(ALICE, NUMBER);
    assertEquals(new ReadMarks(102, Map.of("$one", 103L)), marks);
    assertEquals(marks, make().readMarks(ALICE, NUMBER));
  }

  @Test
  void aPrivateReceiptIsSeenAndHeardOfByItsUserAlone() {
    long from = journal.head();
    try (Watch room = journal.watchers().watch(Topics.room(NUMBER));
        Watch alice = journal.watchers().watch(Topics.user(users.number(ALICE)))) {
      receipts.send(ALICE, ROOM, ReceiptType.READ_PRIVATE, TWO, null);
      assertTrue(alice.await(Duration.ofSeconds(10)));
      assertFalse(room.await(Duration.ZERO));
    }
    long to = journal.head();
    assertEquals(List.of(), seenBy(BOB));
    assertEquals(1, seenBy(ALICE).size());
    assertEquals(Map.of(), receipts.since(BOB, List.of(NUMBER), from, to));
    assertEquals(1, receipts.since(ALICE, List.of(), from, to).size());
    assertEquals(
        Map.of(NUMBER, List.of(new Receipt(ALICE, true, null, TWO, 5))),
        receipts.since(ALICE, List.of(NUMBER), from, to));
    assertEquals(Map.of(), receipts.since(ALICE, List.of(NUMBER), to, journal.head()));
  }

  @Test
  void wrongReceiptsAreRefused() {
    assertCode(ErrorCode.M_NOT_FOUND, () -> read(ALICE, new EventId("$none"), null));
    assertCode(ErrorCode.M_INVALID_PARAM, () -> read(ALICE, IN_THREAD, "main"));
    assertCode(ErrorCode.M_INVALID_PARAM, () -> read(ALICE, TWO, "$one"));
    assertCode(ErrorCode.M_INVALID_PARAM, () -> read(ALICE, TWO, "nonsense"));
    assertCode(
        ErrorCode.M_INVALID_PARAM,
        () -> receipts.send(ALICE, ROOM, ReceiptType.FULLY_READ, TWO, "main"));
    assertCode(
        ErrorCode.M_FORBIDDEN, () -> receipts.send(ALICE, OTHER, ReceiptType.READ, TWO, null));
    assertEquals(List.of(), seenBy(ALICE));
    read(ALICE, ONE, "$one");
    assertEquals(1, seenBy(ALICE).size());
  }

  @Test
  void theFullyReadMarkerIsAccountDataAndMovesForward() {
    receipts.mark(
        ALICE,
        ROOM,
        List.of(
            new Receipts.Mark(ReceiptType.FULLY_READ, TWO, null),
            new Receipts.Mark(ReceiptType.READ, THREE, null)));
    receipts.send(ALICE, ROOM, ReceiptType.FULLY_READ, ONE, null);
    assertEquals(
        Json.parseObject("{\"event_id\":\"$two\"}"),
        accountData.get(ALICE, ROOM, "m.fully_read").json());
    assertEquals(List.of(receipt(ALICE, null, THREE)), seenBy(BOB));
  }

  @Test
  void anUnknownEventAmongSeveralMarksSetsNone() {
    List<Receipts.Mark> marks =
        List.of(
            new Receipts.Mark(ReceiptType.READ, TWO, null),
            new Receipts.Mark(ReceiptType.FULLY_READ, new EventId("$none"), null));
    assertCode(ErrorCode.M_NOT_FOUND, () -> receipts.mark(ALICE, ROOM, marks));
    assertEquals(List.of(), seenBy(ALICE));
  }

  @Test
  void twoReceiptsOfAUserAtOneEventTakeTwoEvents() {
    List<Receipt> all =
        List.of(receipt(ALICE, null, ONE), receipt(ALICE, "main", ONE), receipt(BOB, null, ONE));
    assertEquals(
        List.of(
            Json.parseObject(
                """
                {"$one":{"m.read":{"@alice:example.org":{"ts":5},"@bob:example.org":{"ts":5}}}}"""),
            Json.parseObject(
                """
                {"$one":{"m.read":{"@alice:example.org":{"ts":5,"thread_id":"main"}}}}""")),
        Receipt.contents(all).stream().map(c -> Json.parseObject(Json.bytes(c))).toList());
  }
}
