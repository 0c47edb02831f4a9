package dev.sotto.homeserver.tokens;

import static dev.sotto.homeserver.logins.AccountWorld.ALICE;
import static dev.sotto.homeserver.logins.AccountWorld.LIFETIME;
import static dev.sotto.homeserver.logins.AccountWorld.access;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.homeserver.logins.AccountWorld;
import dev.sotto.homeserver.logins.Login;
import dev.sotto.homeserver.tokens.BriefTokens.Purpose;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TokensTest {
  private static final DeviceId PHONE = new DeviceId("PHONE");

  private final AccountWorld world = new AccountWorld();
  private final Tokens tokens = world.tokens;

  @BeforeEach
  void makeAlice() {
    world.register(ALICE);
  }

  @AfterEach
  void close() {
    world.close();
  }

  private static String refresh(IssuedTokens issued) {
    return issued.renewal().orElseThrow().refresh().reveal();
  }

  private void assertUnknown(String token) {
    MatrixException e = assertThrows(MatrixException.class, () -> tokens.use(token));
    assertEquals(ErrorCode.M_UNKNOWN_TOKEN, e.code());
    assertEquals(Map.of(), e.fields());
  }

  @Test
  void tokenNamesItsUserAndDevice() {
    AccessToken token = tokens.use(access(world.login(ALICE, "PHONE", false)));
    assertEquals(world.users.number(ALICE), token.user());
    assertEquals(PHONE, token.device());
  }

  @Test
  void inventedTokenIsUnknown() {
    assertUnknown("sotto_at_guess");
  }

  @Test
  void tokenWithoutRefreshTokenDoesNotExpire() {
    String token = access(world.login(ALICE, "PHONE", false));
    world.pass(Duration.ofDays(1000));
    assertEquals(PHONE, tokens.use(token).device());
  }

  @Test
  void expiredTokenAsksForRefresh() {
    Login login = world.login(ALICE, "PHONE", true);
    tokens.use(access(login));
    world.pass(LIFETIME);
    MatrixException e = assertThrows(MatrixException.class, () -> tokens.use(access(login)));
    assertEquals(Map.of("soft_logout", true), e.fields());
    IssuedTokens renewed = tokens.refresh(refresh(login.tokens()));
    assertEquals(PHONE, tokens.use(renewed.access().reveal()).device());
  }

  @Test
  void newLoginOnDeviceEndsItsEarlierTokens() {
    Login first = world.login(ALICE, "PHONE", true);
    tokens.use(access(first));
    world.login(ALICE, "PHONE", false);
    assertUnknown(access(first));
    assertThrows(MatrixException.class, () -> tokens.refresh(refresh(first.tokens())));
  }

  @Test
  void refreshTokenStaysGoodUntilItsSuccessorIsUsed() {
    Login login = world.login(ALICE, "PHONE", true);
    IssuedTokens lost = tokens.refresh(refresh(login.tokens()));
    IssuedTokens kept = tokens.refresh(refresh(login.tokens()));
    assertUnknown(lost.access().reveal());
    tokens.use(access(login));

    tokens.use(kept.access().reveal());
    assertUnknown(access(login));
    assertThrows(MatrixException.class, () -> tokens.refresh(refresh(login.tokens())));
    assertEquals(PHONE, tokens.use(kept.access().reveal()).device());
  }

  @Test
  void usingTheNewRefreshTokenEndsTheOldOne() {
    Login login = world.login(ALICE, "PHONE", true);
    IssuedTokens second = tokens.refresh(refresh(login.tokens()));
    IssuedTokens third = tokens.refresh(refresh(second));
    assertThrows(MatrixException.class, () -> tokens.refresh(refresh(login.tokens())));
    assertEquals(PHONE, tokens.use(third.access().reveal()).device());
    assertThrows(MatrixException.class, () -> tokens.refresh(refresh(second)));
  }

  @Test
  void chainOfRefreshesLeavesNothingBehind() {
    IssuedTokens issued = world.login(ALICE, "PHONE", true).tokens();
    for (int i = 0; i < 10; i++) {
      issued = tokens.refresh(refresh(issued));
      tokens.use(issued.access().reveal());
    }
    for (String table : List.of("access_tokens", "refresh_tokens")) {
      long rows =
          world.database.read(
              handle -> handle.select("SELECT COUNT(*) FROM " + table).mapTo(Long.class).one());
      assertEquals(1, rows, table);
    }
  }

  @Test
  void removedDeviceLosesItsTokensAtOnce() {
    String token = access(world.login(ALICE, "PHONE", false));
    tokens.use(token);
    world.deviceChanges.remove(world.users.number(ALICE), List.of(PHONE));
    assertUnknown(token);
  }

  @Test
  void databaseHoldsNoToken() {
    Login login = world.login(ALICE, "PHONE", true);
    String rows = rows("access_tokens") + rows("refresh_tokens");
    assertTrue(rows.contains(login.tokens().access().hash().value()));
    assertFalse(rows.contains(access(login)));
    assertFalse(rows.contains(refresh(login.tokens())));
    assertFalse(login.toString().contains(access(login)));
  }

  private String rows(String table) {
    return world.database.read(
        handle -> handle.select("SELECT * FROM " + table).mapToMap().list().toString());
  }

  @Test
  void briefTokenIsGoodForItsPurposeOnly() {
    long user = world.users.number(ALICE);
    String token = world.briefTokens.issue(Purpose.OPENID, user).reveal();
    assertEquals(Optional.empty(), world.briefTokens.take(Purpose.LOGIN, token));
    assertEquals(Optional.of(user), world.briefTokens.find(Purpose.OPENID, token));
    assertUnknown(token);
  }

  @Test
  void briefTokenEndsByUseAndByTime() {
    long user = world.users.number(ALICE);
    String used = world.briefTokens.issue(Purpose.LOGIN, user).reveal();
    String late = world.briefTokens.issue(Purpose.LOGIN, user).reveal();
    assertEquals(Optional.of(user), world.briefTokens.take(Purpose.LOGIN, used));
    assertEquals(Optional.empty(), world.briefTokens.take(Purpose.LOGIN, used));
    world.pass(Purpose.LOGIN.lifetime());
    assertEquals(Optional.empty(), world.briefTokens.take(Purpose.LOGIN, late));
  }

  @Test
  void theOldestOfVeryManyBriefTokensEnd() {
    long user = world.users.number(ALICE);
    String first = world.briefTokens.issue(Purpose.OPENID, user).reveal();
    world.pass(Duration.ofSeconds(1));
    String second = world.briefTokens.issue(Purpose.OPENID, user).reveal();
    for (int i = 0; i < 99; i++) {
      world.pass(Duration.ofSeconds(1));
      world.briefTokens.issue(Purpose.OPENID, user);
    }
    assertEquals(Optional.empty(), world.briefTokens.find(Purpose.OPENID, first));
    assertEquals(Optional.of(user), world.briefTokens.find(Purpose.OPENID, second));
  }
}
