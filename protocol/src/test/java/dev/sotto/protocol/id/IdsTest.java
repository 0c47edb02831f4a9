package dev.sotto.protocol.id;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// @spec https://spec.matrix.org/v1.19/appendices/#identifier-grammar
class IdsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "matrix.org",
        "matrix.org:8888",
        "1.2.3.4",
        "1.2.3.4:1234",
        "[1234:5678::abcd]",
        "[1234:5678::abcd]:5678",
        "localhost"
      })
  void serverNamesOfTheSpecificationAreValid(String name) {
    assertEquals(name, new ServerName(name).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a b",
        "a/b",
        "a:b",
        "a:123456",
        "[::1",
        "::1",
        "ä.example",
        "a@b",
        "a:",
        "a_b"
      })
  void otherServerNamesAreRefused(String name) {
    assertRefused(ServerName::new, name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"@a:b", "@:b", "@A!~:b", "@a:b:8448", "@a:[::1]:1", "@ä:b"})
  void userIdsOldOnesIncludedAreValid(String id) {
    assertEquals(id, new UserId(id).value());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "@",
        "a:b",
        "@a",
        "@a:",
        "!a:b",
        "@a:b c",
        "@a\u0000:b",
        "@a\n:b",
        "@\ud800:b"
      })
  void otherUserIdsAreRefused(String id) {
    assertRefused(UserId::new, id);
  }

  @Test
  void idsEndAt255Bytes() {
    assertEquals(255, new UserId("@" + "a".repeat(252) + ":b").value().length());
    assertRefused(UserId::new, "@" + "a".repeat(253) + ":b");
    assertRefused(UserId::new, "@" + "ä".repeat(127) + ":b");
    assertRefused(RoomId::new, "!" + "a".repeat(255));
    assertRefused(EventId::new, "$" + "a".repeat(255));
    assertRefused(RoomAlias::new, "#" + "a".repeat(253) + ":b");
    assertRefused(DeviceId::new, "a".repeat(256));
  }

  @ParameterizedTest
  @ValueSource(strings = {"A", "a b", "", "a:b", "ä", "@a"})
  void newAccountsAreHeldToTheModernGrammar(String localpart) {
    assertThrows(MatrixException.class, () -> UserId.of(localpart, new ServerName("example.org")));
  }

  @Test
  void userIdIsTakenApart() {
    UserId user = UserId.of("a.b_c=d-e/f+1", new ServerName("example.org:8448"));
    assertEquals("@a.b_c=d-e/f+1:example.org:8448", user.value());
    assertEquals("a.b_c=d-e/f+1", user.localpart());
    assertEquals(new ServerName("example.org:8448"), user.server());
    assertTrue(user.isOn(new ServerName("example.org:8448")));
    assertFalse(user.isOn(new ServerName("example.org")));
    assertFalse(user.isOn(new ServerName("8448")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"!a:b", "!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM"})
  void roomIdsNeedNoServer(String id) {
    assertEquals(id, new RoomId(id).value());
  }

  @Test
  void emptyOpaquePartsAreRefused() {
    assertRefused(RoomId::new, "!");
    assertRefused(EventId::new, "$");
    assertRefused(DeviceId::new, "");
  }

  @Test
  void aliasIsTakenApart() {
    RoomAlias alias = new RoomAlias("#über uns:example.org");
    assertEquals("über uns", alias.localpart());
    assertEquals(new ServerName("example.org"), alias.server());
    assertRefused(RoomAlias::new, "#a");
  }

  private static void assertRefused(Function<String, Object> id, String value) {
    MatrixException e = assertThrows(MatrixException.class, () -> id.apply(value));
    assertEquals(ErrorCode.M_INVALID_PARAM, e.code());
  }
}
