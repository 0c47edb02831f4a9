package dev.sotto.homeserver.push;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sotto.homeserver.accountdata.AccountData;
import dev.sotto.homeserver.accountdata.IgnoredUsers;
import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.names.Users;
import dev.sotto.homeserver.receipts.EventPositions;
import dev.sotto.homeserver.receipts.ReceiptType;
import dev.sotto.homeserver.receipts.Receipts;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UnreadCountsTest {
  private static final UserId ALICE = new UserId("@alice:example.org");
  private static final UserId BOB = new UserId("@bob:example.org");
  private static final UserId CAROL = new UserId("@carol:example.org");
  private static final long ROOM = PretendRoom.NUMBER;

  private final PretendRoom room = new PretendRoom();
  private int lookedAt;
  private Database database;
  private Journal journal;
  private AccountData accountData;
  private IgnoredUsers ignored;
  private PushRules rules;
  private Receipts receipts;
  private UnreadCounts counts;

  private final UnreadEvents events =
      new UnreadEvents() {
        @Override
        public Map<Long, List<UnreadEvent>> newest(List<Range> ranges, long to) {
          Map<Long, List<UnreadEvent>> found = new HashMap<>();
          for (Range range : ranges) {
            List<UnreadEvent> list = select(range.after(), to, false);
            int drop = Math.max(0, list.size() - range.limit());
            lookedAt += list.size() - drop;
            found.put(range.room(), list.subList(drop, list.size()));
          }
          return found;
        }

        @Override
        public List<UnreadEvent> newestInThreads(long number, long from, long to, int limit) {
          return select(from, to, true);
        }

        @Override
        public Iterator<UnreadEvent> inJoinedRooms(UserId user, long to) {
          return select(0, to, false).reversed().iterator();
        }

        @Override
        public RoomContext context(long number) {
          return room;
        }

        private List<UnreadEvent> select(long from, long to, boolean threads) {
          return room.events.stream()
              .filter(e -> e.position() > from && e.position() <= to)
              .filter(e -> !threads || e.thread() != null)
              .toList();
        }
      };

  @BeforeEach
  void open() {
    database = Database.inMemory(UUID.randomUUID().toString());
    journal = new Journal(database);
    Users users = new Users(database, journal);
    accountData =
        new AccountData(
            database,
            journal,
            users,
            _ -> Optional.of(ROOM),
            Map.of(AccountData.PUSH_RULES, PushRules::defaults));
    ignored = new IgnoredUsers(accountData);
    rules = new PushRules(accountData);
    receipts =
        new Receipts(
            database,
            journal,
            users,
            accountData,
            (_, _) -> ROOM,
            (_, id) ->
                room.events.stream()
                    .filter(event -> event.id().equals(id))
                    .findFirst()
                    .map(e -> new EventPositions.Place(e.position(), e.thread())),
            InstantSource.system());
    counts = new UnreadCounts(rules, receipts, ignored, events);
  }

  @AfterEach
  void close() {
    journal.close();
    database.close();
  }

  private void read(UnreadEvent event, @Nullable String thread) {
    receipts.send(ALICE, room.id(), ReceiptType.READ, event.id(), thread);
  }

  private static Unread unread(int main) {
    return new Unread(new Unread.Count(main, 0), Map.of());
  }

  /// Counts from what is held, and sees that counting anew gives the same.
  private Unread count() {
    long to = room.events.size();
    Unread held = counts.of(ALICE, ROOM, to);
    assertEquals(held, new UnreadCounts(rules, receipts, ignored, events).of(ALICE, ROOM, to));
    return held;
  }

  @Test
  void othersMessagesCountUntilAReceiptCoversThem() {
    assertEquals(Unread.NONE, count());
    room.message(BOB);
    UnreadEvent second = room.message(BOB);
    assertEquals(unread(2), count());
    UnreadEvent third = room.message(CAROL);
    assertEquals(unread(3), count());
    read(second, null);
    assertEquals(unread(1), count());
    receipts.send(ALICE, room.id(), ReceiptType.READ_PRIVATE, third.id(), null);
    assertEquals(Unread.NONE, count());
  }

  @Test
  void onlyWhatIsNewIsLookedAt() {
    for (int i = 0; i < 50; i++) {
      room.message(BOB);
    }
    counts.of(ALICE, ROOM, 50);
    assertEquals(50, lookedAt);
    room.message(BOB);
    assertEquals(unread(51), counts.of(ALICE, ROOM, 51));
    assertEquals(unread(51), counts.of(ALICE, ROOM, 51));
    assertEquals(51, lookedAt);
  }

  @Test
  void whoWritesHasReadWhatIsAbove() {
    room.message(BOB);
    room.message(ALICE);
    assertEquals(Unread.NONE, count());
    room.message(BOB);
    assertEquals(unread(1), count());
  }

  @Test
  void whoJoinsHasNothingToCatchUpOn() {
    UnreadEvent root = room.message(BOB);
    room.inThread(BOB, root);
    room.state(ALICE, "m.room.member", ALICE.value(), "{'membership':'join'}");
    assertEquals(Unread.NONE, count());
  }

  @Test
  void threadsAreCountedAndReadByThemselves() {
    UnreadEvent root = room.message(BOB);
    UnreadEvent one = room.inThread(BOB, root);
    room.inThread(CAROL, root);
    UnreadEvent last = room.message(BOB);
    String thread = root.id().value();
    assertEquals(
        new Unread(new Unread.Count(2, 0), Map.of(thread, new Unread.Count(2, 0))), count());
    assertEquals(new Unread.Count(4, 0), count().total());
    read(last, "main");
    assertEquals(new Unread(Unread.Count.NONE, Map.of(thread, new Unread.Count(2, 0))), count());
    read(one, thread);
    assertEquals(new Unread(Unread.Count.NONE, Map.of(thread, new Unread.Count(1, 0))), count());
    read(last, null);
    assertEquals(Unread.NONE, count());
  }

  @Test
  void writingInAThreadReadsThatThreadAlone() {
    UnreadEvent root = room.message(BOB);
    room.inThread(BOB, root);
    room.inThread(ALICE, root);
    assertEquals(unread(1), count());
  }

  @Test
  void mentionsStandOut() {
    room.message(BOB);
    room.event(BOB, "m.room.message", "{'m.mentions':{'user_ids':['@alice:example.org']}}");
    assertEquals(new Unread(new Unread.Count(2, 1), Map.of()), count());
  }

  @Test
  void whatIsRedactedDoesNotCountAnyMore() {
    UnreadEvent first = room.message(BOB);
    room.message(BOB);
    assertEquals(unread(2), count());
    room.redaction(ALICE, room.redactedMessage(BOB));
    room.message(BOB);
    room.message(BOB);
    UnreadEvent third = room.message(BOB);
    assertEquals(unread(3), count());
    room.redaction(BOB, third);
    assertEquals(unread(2), count());
    room.redaction(BOB, first);
    assertEquals(unread(2), count());
  }

  @Test
  void ignoredUsersAndMutedRoomsDoNotCount() {
    room.message(BOB);
    room.message(CAROL);
    assertEquals(unread(2), count());
    accountData.set(
        ALICE,
        AccountData.IGNORED_USERS,
        Json.parseObject("{\"ignored_users\":{\"@carol:example.org\":{}}}"));
    assertEquals(unread(1), count());
    rules.put(
        ALICE,
        RuleKind.OVERRIDE,
        "mute",
        Json.parseObject(
            """
            {"actions":[],"conditions":[
            {"kind":"event_match","key":"room_id","pattern":"!room:example.org"}]}"""),
        null,
        null);
    assertEquals(Unread.NONE, count());
  }

  @Test
  void aFirstCountIsBoundedAndKeepsTheNewest() {
    for (int i = 0; i < 1_500; i++) {
      room.message(BOB);
    }
    assertEquals(unread(1_000), counts.of(ALICE, ROOM, 1_500));
    assertEquals(1_000, lookedAt);
    read(room.events.get(1_489), null);
    assertEquals(unread(10), count());
  }

  @Test
  void notificationsAreListedNewestFirstPageByPage() {
    Notifications notifications = new Notifications(rules, receipts, ignored, events, journal);
    UnreadEvent one = room.message(BOB);
    room.message(ALICE);
    room.event(BOB, "m.reaction", "{}");
    UnreadEvent loud =
        room.event(BOB, "m.room.message", "{'m.mentions':{'user_ids':['@alice:example.org']}}");
    UnreadEvent last = room.message(BOB);
    read(one, null);
    long head = room.events.size();

    Notifications.Page first = notifications.list(ALICE, head, 2, false);
    assertEquals(
        List.of(last, loud),
        first.notifications().stream().map(Notifications.Notification::event).toList());
    Notifications.Page second = notifications.list(ALICE, first.next(), 2, false);
    assertEquals(List.of(one), second.notifications().stream().map(n -> n.event()).toList());
    assertEquals(true, second.notifications().getFirst().read());
    assertEquals(false, first.notifications().getFirst().read());
    assertNull(second.next());

    Notifications.Page highlights = notifications.list(ALICE, head, 9, true);
    assertEquals(List.of(loud), highlights.notifications().stream().map(n -> n.event()).toList());
  }
}
