package dev.sotto.client.interop;

import static dev.sotto.client.interop.Peer.settle;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.sotto.client.interop.Peer.Phase;
import java.util.List;

/// What the people in front of two devices do to verify each other.
final class Comparison {
  private static final int EMOJI = 7;
  private static final int DECIMALS = 3;

  private Comparison() {}

  /// Takes a verification that was asked for to where both show what is to be compared.
  static void compare(Peer asker, Peer asked, Peer starter, String flow) {
    settle(asker, asked);
    assertEquals(Phase.REQUESTED, asked.phase(asker.user(), flow));
    asked.acceptVerification(asker.user(), flow);
    settle(asker, asked);
    assertEquals(Phase.READY, asker.phase(asked.user(), flow));
    assertEquals(Phase.READY, asked.phase(asker.user(), flow));
    Peer other = starter.equals(asker) ? asked : asker;
    starter.startSas(other.user(), flow);
    settle(asker, asked);
    assertEquals(Phase.STARTED, other.phase(starter.user(), flow));
    other.acceptSas(starter.user(), flow);
    settle(asker, asked);
    List<String> emoji = asker.emoji(asked.user(), flow);
    assertEquals(EMOJI, emoji.size());
    assertEquals(emoji, asked.emoji(asker.user(), flow));
    List<Integer> decimals = asker.decimals(asked.user(), flow);
    assertEquals(DECIMALS, decimals.size());
    assertEquals(decimals, asked.decimals(asker.user(), flow));
  }

  static void complete(Peer asker, Peer asked, Peer starter, String flow) {
    compare(asker, asked, starter, flow);
    asker.confirmSas(asked.user(), flow);
    settle(asker, asked);
    assertNotEquals(Phase.DONE, asker.phase(asked.user(), flow));
    asked.confirmSas(asker.user(), flow);
    settle(asker, asked);
    assertEquals(Phase.DONE, asker.phase(asked.user(), flow));
    assertEquals(Phase.DONE, asked.phase(asker.user(), flow));
  }
}
