package dev.sotto.homeserver.uia;

import static dev.sotto.homeserver.logins.AccountWorld.ALICE;
import static dev.sotto.homeserver.logins.AccountWorld.PASSWORD;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.homeserver.logins.AccountWorld;
import dev.sotto.homeserver.tokens.TokenHash;
import dev.sotto.homeserver.uia.Outcome.Proven;
import dev.sotto.homeserver.uia.Outcome.Required;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.UserId;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InteractiveAuthTest {
  private static final UserId BOB = new UserId("@bob:example.org");
  private static final Operation DELETE_A = new Operation("delete device A", ALICE);
  private static final Set<Stage> BY_PASSWORD = Set.of(Stage.PASSWORD);

  private final AccountWorld world = new AccountWorld();

  @BeforeEach
  void makeUsers() {
    world.register(ALICE);
    world.register(BOB);
  }

  @AfterEach
  void close() {
    world.close();
  }

  private static Attempt password(@Nullable String session, @Nullable UserId user, String text) {
    return new Attempt(session, "m.login.password", user, text, null);
  }

  private Outcome judge(Operation operation, @Nullable Attempt attempt) {
    return world.auth.judge(operation, BY_PASSWORD, attempt);
  }

  private String ask(Operation operation) {
    return assertInstanceOf(Required.class, judge(operation, null)).session();
  }

  private static ErrorCode refusal(Outcome outcome) {
    Outcome.Refusal refusal = assertInstanceOf(Required.class, outcome).refusal();
    return Objects.requireNonNull(refusal).code();
  }

  @Test
  void passwordInTheSessionThatWasOpenedProvesTheUser() {
    assertEquals(
        new Proven(ALICE, null), judge(DELETE_A, password(ask(DELETE_A), ALICE, PASSWORD)));
  }

  @Test
  void passwordMayComeBeforeItWasAskedFor() {
    assertEquals(new Proven(ALICE, null), judge(DELETE_A, password(null, null, PASSWORD)));
  }

  @Test
  void wrongPasswordMayBeTriedAgainInTheSameSession() {
    String session = ask(DELETE_A);
    Outcome outcome = judge(DELETE_A, password(session, ALICE, "wrong"));
    assertEquals(ErrorCode.M_FORBIDDEN, refusal(outcome));
    assertEquals(session, assertInstanceOf(Required.class, outcome).session());
    assertInstanceOf(Proven.class, judge(DELETE_A, password(session, ALICE, PASSWORD)));
  }

  @Test
  void passwordOfSomebodyElseIsNoProof() {
    assertEquals(ErrorCode.M_FORBIDDEN, refusal(judge(DELETE_A, password(null, BOB, PASSWORD))));
  }

  @Test
  void sessionIsGoodForItsOperationAndUserOnly() {
    String session = ask(DELETE_A);
    for (Operation other :
        new Operation[] {
          new Operation("delete device B", ALICE),
          new Operation("delete device A", BOB),
          new Operation("delete device A", null)
        }) {
      MatrixException e =
          assertThrows(
              MatrixException.class, () -> judge(other, password(session, null, PASSWORD)));
      assertEquals(ErrorCode.M_FORBIDDEN, e.code());
    }
  }

  @Test
  void sessionEndsAndMadeUpOnesAreUnknown() {
    String session = ask(DELETE_A);
    String tampered = (session.charAt(0) == 'A' ? "B" : "A") + session.substring(1);
    for (String bad : new String[] {"", "made up", "AAAA", tampered, session + "A"}) {
      Outcome outcome = judge(DELETE_A, password(bad, ALICE, PASSWORD));
      assertEquals(ErrorCode.M_UNKNOWN, refusal(outcome), bad);
      assertNotEquals(bad, assertInstanceOf(Required.class, outcome).session());
    }
    world.pass(Duration.ofMinutes(15));
    assertEquals(ErrorCode.M_UNKNOWN, refusal(judge(DELETE_A, password(session, ALICE, PASSWORD))));
  }

  @Test
  void stageThatIsNotOfferedIsNoProof() {
    Attempt dummy = new Attempt(null, "m.login.dummy", null, null, null);
    assertEquals(ErrorCode.M_UNRECOGNIZED, refusal(judge(DELETE_A, dummy)));
    assertInstanceOf(Proven.class, world.auth.judge(DELETE_A, Set.of(Stage.DUMMY), dummy));
  }

  @Test
  void attemptThatShowsNothingIsAskedAgain() {
    Attempt nothing = new Attempt(null, null, null, null, null);
    assertNull(assertInstanceOf(Required.class, judge(DELETE_A, nothing)).refusal());
    Attempt noPassword = new Attempt(null, "m.login.password", ALICE, null, null);
    assertEquals(ErrorCode.M_MISSING_PARAM, refusal(judge(DELETE_A, noPassword)));
  }

  @Test
  void withoutAccessTokenThePasswordNamesItsUser() {
    Operation change = new Operation("change password", null);
    assertEquals(new Proven(BOB, null), judge(change, password(null, BOB, PASSWORD)));
    assertEquals(ErrorCode.M_MISSING_PARAM, refusal(judge(change, password(null, null, PASSWORD))));
  }

  @Test
  void registrationTokenIsShownButNotUsed() {
    Operation register = new Operation("register", null);
    Set<Stage> stages = Set.of(Stage.REGISTRATION_TOKEN);
    String token = world.registrationTokens.make(null, 1L, null);
    Attempt right = new Attempt(null, "m.login.registration_token", null, null, token);
    assertEquals(new Proven(null, TokenHash.of(token)), world.auth.judge(register, stages, right));
    assertInstanceOf(Proven.class, world.auth.judge(register, stages, right));
    Attempt wrong = new Attempt(null, "m.login.registration_token", null, null, "guess");
    assertEquals(ErrorCode.M_UNAUTHORIZED, refusal(world.auth.judge(register, stages, wrong)));
    Attempt none = new Attempt(null, "m.login.registration_token", null, null, null);
    assertEquals(ErrorCode.M_MISSING_PARAM, refusal(world.auth.judge(register, stages, none)));
  }
}
