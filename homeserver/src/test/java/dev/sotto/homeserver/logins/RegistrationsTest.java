package dev.sotto.homeserver.logins;

import static dev.sotto.homeserver.logins.AccountWorld.ALICE;
import static dev.sotto.homeserver.logins.AccountWorld.PASSWORD;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.homeserver.accounts.Account.Kind;
import dev.sotto.homeserver.tokens.Token;
import dev.sotto.homeserver.tokens.TokenHash;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistrationsTest {
  private static final UserId BOB = new UserId("@bob:example.org");

  private final AccountWorld world = new AccountWorld();
  private final Registrations registrations = world.registrations;

  @AfterEach
  void close() {
    world.close();
  }

  private static ErrorCode code(Runnable action) {
    return assertThrows(MatrixException.class, action::run).code();
  }

  private static NewAccount account(UserId user, TokenHash token) {
    return new NewAccount(user, Kind.USER, PASSWORD, false, token);
  }

  @Test
  void accountIsThereAfterRegistration() {
    assertTrue(world.accounts.isEmpty());
    world.register(ALICE);
    assertFalse(world.accounts.isEmpty());
    assertEquals(ALICE, world.accounts.find(ALICE).orElseThrow().id());
    assertTrue(world.accounts.prove(ALICE, PASSWORD).isPresent());
    assertTrue(world.accounts.prove(ALICE, "wrong").isEmpty());
    assertTrue(world.accounts.prove(BOB, PASSWORD).isEmpty());
  }

  @Test
  void nameCanBeTakenOnce() {
    world.register(ALICE);
    assertEquals(ErrorCode.M_USER_IN_USE, code(() -> world.register(ALICE)));
    assertEquals(ErrorCode.M_USER_IN_USE, code(() -> registrations.checkFree(ALICE)));
    registrations.checkFree(BOB);
  }

  @Test
  void namesAreTakenInLowerCase() {
    assertEquals(ALICE, registrations.name("Alice"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a!", "@alice:example.org", "ä", "a,b", "a\u0000"})
  void nameOfOtherCharactersIsInvalid(String name) {
    assertEquals(ErrorCode.M_INVALID_USERNAME, code(() -> registrations.name(name)));
  }

  @Test
  void longNameIsInvalid() {
    assertEquals(ErrorCode.M_INVALID_USERNAME, code(() -> registrations.name("a".repeat(250))));
  }

  @Test
  void firstTokenMakesOneAdministrator() {
    Token first = world.registrationTokens.makeFirst();
    assertTrue(world.registrationTokens.valid(first.hash()));
    assertTrue(registrations.register(account(ALICE, first.hash())).administrator());
    assertFalse(world.registrationTokens.valid(first.hash()));
    assertEquals(
        ErrorCode.M_FORBIDDEN, code(() -> registrations.register(account(BOB, first.hash()))));
    assertTrue(world.accounts.find(BOB).isEmpty());
  }

  @Test
  void newFirstTokenEndsTheOneBefore() {
    Token lost = world.registrationTokens.makeFirst();
    Token first = world.registrationTokens.makeFirst();
    assertFalse(world.registrationTokens.valid(lost.hash()));
    assertTrue(world.registrationTokens.valid(first.hash()));
  }

  @Test
  void failedRegistrationDoesNotUseTheTokenUp() {
    world.register(ALICE);
    Token first = world.registrationTokens.makeFirst();
    assertEquals(
        ErrorCode.M_USER_IN_USE, code(() -> registrations.register(account(ALICE, first.hash()))));
    assertTrue(world.registrationTokens.valid(first.hash()));
  }

  @Test
  void administratorsTokensMakeNoAdministratorsAndEnd() {
    String token =
        world.registrationTokens.make(null, 2L, world.instant().plus(Duration.ofDays(1)));
    TokenHash hash = TokenHash.of(token);
    assertFalse(registrations.register(account(ALICE, hash)).administrator());
    assertTrue(world.registrationTokens.valid(hash));
    world.pass(Duration.ofDays(2));
    assertFalse(world.registrationTokens.valid(hash));
    assertTrue(world.registrationTokens.delete(hash));
    assertFalse(world.registrationTokens.delete(hash));
  }

  @Test
  void unlimitedTokenStaysGood() {
    TokenHash hash = TokenHash.of(world.registrationTokens.make("club", null, null));
    registrations.register(account(ALICE, hash));
    registrations.register(account(BOB, hash));
    assertTrue(world.registrationTokens.valid(hash));
    assertEquals(
        ErrorCode.M_INVALID_PARAM, code(() -> world.registrationTokens.make("club", 1L, null)));
    assertEquals(
        ErrorCode.M_INVALID_PARAM, code(() -> world.registrationTokens.make("a b", 1L, null)));
    assertEquals(
        ErrorCode.M_INVALID_PARAM, code(() -> world.registrationTokens.make(null, 0L, null)));
  }

  @Test
  void deviceMayNotBeCalledLikeCrossSigningKey() {
    world.register(ALICE);
    assertEquals(ErrorCode.M_FORBIDDEN, code(() -> world.login(ALICE, "RESERVED", false)));
    assertTrue(world.devices.find(world.users.number(ALICE), new DeviceId("RESERVED")).isEmpty());
  }
}
