package dev.sotto.homeserver.api.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class ByteRangeTest {
  @Test
  void rangeIsCutToTheContent() {
    assertEquals(new ByteRange(2, 4), ByteRange.of("bytes=2-4", 10));
    assertEquals(new ByteRange(2, 9), ByteRange.of("bytes=2-", 10));
    assertEquals(new ByteRange(2, 9), ByteRange.of("bytes=2-99", 10));
    assertEquals(new ByteRange(7, 9), ByteRange.of("bytes=-3", 10));
    assertEquals(new ByteRange(0, 9), ByteRange.of("bytes=-99", 10));
    assertEquals(3, new ByteRange(2, 4).length());
  }

  @Test
  void rangeBeyondTheEndIsNone() {
    assertEquals(ByteRange.NONE, ByteRange.of("bytes=10-", 10));
    assertEquals(ByteRange.NONE, ByteRange.of("bytes=-0", 10));
    assertEquals(ByteRange.NONE, ByteRange.of("bytes=0-", 0));
  }

  @Test
  void whatIsNoSingleRangeAsksForAll() {
    for (String header :
        new String[] {
          null,
          "",
          "bytes",
          "bytes=-",
          "bytes=4-2",
          "bytes=0-1,3-4",
          "lines=1-2",
          "bytes=a-b",
          "bytes=99999999999999999999-"
        }) {
      assertNull(ByteRange.of(header, 10), header);
    }
  }
}
