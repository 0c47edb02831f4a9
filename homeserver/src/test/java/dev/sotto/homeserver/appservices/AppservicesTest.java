package dev.sotto.homeserver.appservices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.homeserver.appservices.Appservice.Namespace;
import dev.sotto.homeserver.tokens.TokenHash;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.RoomAlias;
import dev.sotto.protocol.id.UserId;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class AppservicesTest {
  private static final Appservice IRC = service("irc", "secret");
  private static final UserId BOT = new UserId("@irc:example.org");
  private static final UserId PUPPET = new UserId("@_irc_bob:example.org");
  private static final UserId ALICE = new UserId("@alice:example.org");

  private static Appservice service(String id, String token) {
    return new Appservice(
        id,
        Optional.empty(),
        TokenHash.of(token),
        "hs",
        new UserId("@" + id + ":example.org"),
        List.of(
            new Namespace(Pattern.compile("@_" + id + "_.*"), true),
            new Namespace(Pattern.compile("@a.*"), false)),
        List.of(new Namespace(Pattern.compile("#_" + id + "_.*"), true)),
        List.of(),
        true,
        false);
  }

  @Test
  void serviceIsKnownByItsToken() {
    Appservices services = new Appservices(List.of(IRC));
    assertEquals(Optional.of(IRC), services.byToken("secret"));
    assertEquals(Optional.empty(), services.byToken("guess"));
    assertEquals(Optional.empty(), new Appservices(List.of()).byToken("secret"));
  }

  @Test
  void serviceActsForItsSenderAndItsNamespaces() {
    assertTrue(IRC.actsFor(BOT));
    assertTrue(IRC.actsFor(PUPPET));
    assertTrue(IRC.actsFor(ALICE));
    assertFalse(IRC.actsFor(new UserId("@bob:example.org")));
  }

  @Test
  void exclusiveNamesAreReservedForTheirService() {
    Appservice other = service("xmpp", "other");
    Appservices services = new Appservices(List.of(IRC, other));
    for (UserId reserved : List.of(BOT, PUPPET)) {
      services.checkFree(reserved, IRC);
      assertExclusive(() -> services.checkFree(reserved, null));
      assertExclusive(() -> services.checkFree(reserved, other));
    }
    services.checkFree(ALICE, null);
    RoomAlias alias = new RoomAlias("#_irc_room:example.org");
    services.checkFree(alias, IRC);
    assertExclusive(() -> services.checkFree(alias, null));
  }

  private static void assertExclusive(Runnable action) {
    assertEquals(ErrorCode.M_EXCLUSIVE, assertThrows(MatrixException.class, action::run).code());
  }

  @Test
  void twoServicesMayNotShareTokenOrId() {
    for (Appservice twin : List.of(service("other", "secret"), service("irc", "other"))) {
      assertThrows(IllegalArgumentException.class, () -> new Appservices(List.of(IRC, twin)));
    }
  }

  @Test
  void aServiceIsLimitedForTheUsersThatItActsForAlone() {
    assertTrue(IRC.isLimited(PUPPET));
    assertFalse(IRC.isLimited(BOT));
  }
}
