package dev.sotto.homeserver.http;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.UserId;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RateLimitsTest {
  private static final Caller ALICE = caller("alice", null);
  private static final Caller BRIDGE = caller("bridge", "irc");

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final RateLimits rates =
      new RateLimits(
          Map.of(Rate.INVITE, new RateLimits.Limit(1, 3)),
          () -> now,
          caller -> caller.appservice() != null);

  private static Caller caller(String name, @Nullable String appservice) {
    return new Caller(
        new UserId("@" + name + ":example.org"), null, false, false, appservice, "hash");
  }

  private void assertRefused(Caller caller) {
    MatrixException refusal =
        assertThrows(MatrixException.class, () -> rates.take(Rate.INVITE, caller));
    assertEquals(ErrorCode.M_LIMIT_EXCEEDED, refusal.code());
  }

  @Test
  void bucketIsFullAgainAfterAWhile() {
    rates.take(Rate.INVITE, ALICE, 3);
    assertRefused(ALICE);
    now = now.plusSeconds(1);
    rates.take(Rate.INVITE, ALICE);
    assertRefused(ALICE);
  }

  @Test
  void whoIsUnlimitedIsSoHoweverMuchIsTakenAtOnce() {
    for (int i = 0; i < 5; i++) {
      assertDoesNotThrow(() -> rates.take(Rate.INVITE, BRIDGE, 100));
      assertDoesNotThrow(() -> rates.take(Rate.INVITE, BRIDGE));
    }
  }

  @Test
  void clockThatIsSetBackTakesNothingAway() {
    rates.take(Rate.INVITE, ALICE);
    now = now.minusSeconds(3600);
    rates.take(Rate.INVITE, ALICE, 2);
    assertRefused(ALICE);
    now = now.plusSeconds(1);
    assertDoesNotThrow(() -> rates.take(Rate.INVITE, ALICE));
  }
}
