package dev.sotto.homeserver.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LatestTest {
  private static final long ROOM = Topics.room(7);
  private static final long USER = Topics.user(7);

  @Test
  void theNewestRowOfEachStreamAndTopicIsKnown() {
    Latest latest = new Latest(10);
    latest.add(new Row(11, Stream.EVENTS, new long[] {ROOM, USER}));
    latest.add(new Row(12, Stream.EVENTS, new long[] {ROOM}));
    latest.add(new Row(13, Stream.RECEIPTS, new long[] {ROOM}));

    assertEquals(12, latest.position(Stream.EVENTS, ROOM));
    assertEquals(13, latest.position(Stream.RECEIPTS, ROOM));
    assertEquals(11, latest.position(Stream.EVENTS, USER));
  }

  @Test
  void whatIsNotKnownMayHaveHappenedUpToTheStart() {
    Latest latest = new Latest(10);
    latest.add(new Row(11, Stream.EVENTS, new long[] {ROOM}));

    assertEquals(10, latest.position(Stream.TO_DEVICE, ROOM));
    assertEquals(10, latest.position(Stream.EVENTS, USER));
  }

  @Test
  void forgettingTopicsNeverHidesNews() {
    Latest latest = new Latest(10, 2);
    for (int room = 0; room < 9; room++) {
      latest.add(new Row(11 + room, Stream.EVENTS, new long[] {Topics.room(room)}));
    }
    for (int room = 0; room < 9; room++) {
      assertTrue(latest.position(Stream.EVENTS, Topics.room(room)) >= 11 + room);
    }
    assertEquals(19, latest.position(Stream.EVENTS, Topics.room(8)));
  }
}
