package dev.sotto.homeserver.logins;

import static dev.sotto.homeserver.logins.AccountWorld.ALICE;
import static dev.sotto.homeserver.logins.AccountWorld.PASSWORD;
import static dev.sotto.homeserver.logins.AccountWorld.access;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.homeserver.tokens.BriefTokens.Purpose;
import dev.sotto.protocol.error.MatrixException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeactivationsTest {
  private final AccountWorld world = new AccountWorld();
  private final List<String> farewells = new ArrayList<>();
  private boolean broken;
  private final Deactivations deactivations = deactivations();

  private Deactivations deactivations() {
    return new Deactivations(
        world.journal,
        world.accounts,
        world.deviceChanges,
        world.briefTokens,
        List.of(
            (user, erase) -> {
              if (broken) {
                throw new IllegalStateException("the server stops here");
              }
              farewells.add(user + (erase ? " erased" : " left"));
            }));
  }

  @BeforeEach
  void makeAlice() {
    world.register(ALICE);
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void deactivatedAccountCanDoNothingMore() {
    String token = access(world.login(ALICE, "PHONE", false));
    long user = world.users.number(ALICE);
    String loginToken = world.briefTokens.issue(Purpose.LOGIN, user).reveal();
    world.tokens.use(token);

    deactivations.deactivate(ALICE, false);

    assertTrue(world.accounts.find(ALICE).orElseThrow().deactivated());
    assertThrows(MatrixException.class, () -> world.tokens.use(token));
    assertEquals(List.of(), world.devices.list(user));
    assertEquals(List.of("removed PHONE"), world.deviceNews);
    assertEquals(Optional.empty(), world.briefTokens.take(Purpose.LOGIN, loginToken));
    assertEquals(Optional.empty(), world.accounts.prove(ALICE, PASSWORD));
    assertEquals(List.of(ALICE + " left"), farewells);
    assertThrows(MatrixException.class, () -> world.register(ALICE));
  }

  @Test
  void farewellThatWasCutShortIsResumed() {
    broken = true;
    assertThrows(IllegalStateException.class, () -> deactivations.deactivate(ALICE, true));
    broken = false;

    deactivations().resume();
    assertEquals(List.of(ALICE + " erased"), farewells);
    deactivations().resume();
    assertEquals(1, farewells.size());
  }
}
