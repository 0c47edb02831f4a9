package dev.sotto.client.terminal.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.client.Member;
import dev.sotto.client.event.Membership;
import dev.sotto.protocol.id.UserId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Nobody passes for another.
class NamesTest {
  private static final UserId ADA = new UserId("@ada:example.org");
  private static final UserId EVE = new UserId("@eve:example.net");

  private static Member member(UserId user, String name) {
    return new Member(user, Membership.JOIN, Optional.of(name), Optional.empty());
  }

  @Test
  void nameAloneIsEnoughWhereNobodyElseHasIt() {
    assertEquals(
        Map.of(ADA, "Ada", EVE, "Eve"), Names.of(List.of(member(ADA, "Ada"), member(EVE, "Eve"))));
  }

  @Test
  void sameNamesAreToldApart() {
    assertEquals(
        Map.of(ADA, "Ada (@ada:example.org)", EVE, "ada (@eve:example.net)"),
        Names.of(List.of(member(ADA, "Ada"), member(EVE, "ada\u200b"))));
  }

  @Test
  void idOfSomebodyElseIsNoName() {
    assertEquals(
        Map.of(EVE, "@ada:example.org (@eve:example.net)"),
        Names.of(List.of(member(EVE, "@ada:example.org"))));
  }

  @Test
  void whoHasNoNameGoesByTheId() {
    Member nameless = new Member(ADA, Membership.JOIN, Optional.empty(), Optional.empty());
    assertEquals(Map.of(ADA, "@ada:example.org"), Names.of(List.of(nameless)));
  }
}
