package dev.sotto.homeserver.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import java.lang.management.ManagementFactory;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PasswordsTest {
  // Made by the reference implementation, in C.
  private static final String REFERENCE =
      "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
  private static final String TWO_LANES =
      "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc";

  private final SecureRandom random = new SecureRandom();
  private final Passwords passwords = passwords(new PasswordCost(8, 1, 1));

  private Passwords passwords(PasswordCost cost) {
    return new Passwords(8, cost, 1, random);
  }

  @AfterEach
  void close() {
    passwords.close();
  }

  @Test
  void hashIsThatOfTheReferenceImplementation() {
    assertTrue(passwords.matches("password", REFERENCE));
    assertTrue(passwords.matches("password", TWO_LANES));
    assertFalse(passwords.matches("passwore", REFERENCE));
  }

  @Test
  void passwordFitsItsOwnHashOnly() {
    String hash = passwords.hash("pässwörd 🐴");
    assertTrue(hash.startsWith("$argon2id$v=19$m=8,t=1,p=1$"));
    assertTrue(passwords.matches("pässwörd 🐴", hash));
    assertFalse(passwords.matches("pässwörd", hash));
  }

  @Test
  void samePasswordsHaveDifferentHashes() {
    assertFalse(passwords.hash("password").equals(passwords.hash("password")));
  }

  @Test
  void nothingFitsNoHash() {
    assertFalse(passwords.matches("password", null));
  }

  /// What a hash throws away, the heap grows by with each login.
  @Test
  void memoryIsUsedAgain() {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Argon2 argon2 = new Argon2(new PasswordCost(8 * 1024, 1, 1), 1, random);
    argon2.hash(new byte[] {1});
    long before = threads.getCurrentThreadAllocatedBytes();
    argon2.hash(new byte[] {2});
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(allocated < 1_000_000, "allocated " + allocated + " bytes");
  }

  @Test
  void hashOfAnotherCostIsOutdated() {
    assertTrue(passwords.outdated(REFERENCE));
    assertFalse(passwords.outdated(passwords.hash("password")));
  }

  @Test
  void lengthOfNewPasswordsIsLimited() {
    assertEquals(
        ErrorCode.M_WEAK_PASSWORD,
        assertThrows(MatrixException.class, () -> passwords.checkNew("seven 7")).code());
    assertEquals(
        ErrorCode.M_INVALID_PARAM,
        assertThrows(MatrixException.class, () -> passwords.checkNew("x".repeat(513))).code());
    passwords.checkNew("eight  8");
    assertFalse(passwords.matches("x".repeat(1_000_000), REFERENCE));
  }

  /// One thread and a line of 64: of many at once some are told to come back, and all others are
  /// served.
  @Test
  void floodIsTurnedAway() throws Exception {
    int refused = 0;
    int served = 0;
    try (Passwords slow = passwords(new PasswordCost(4096, 1, 1));
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> calls =
          IntStream.range(0, 80)
              .mapToObj(_ -> callers.submit(() -> slow.matches("password", null)))
              .toList();
      for (Future<Boolean> call : calls) {
        try {
          assertFalse(call.get());
          served++;
        } catch (ExecutionException e) {
          MatrixException refusal = assertInstanceOf(MatrixException.class, e.getCause());
          assertEquals(ErrorCode.M_LIMIT_EXCEEDED, refusal.code());
          assertTrue(refusal.fields().containsKey("retry_after_ms"));
          refused++;
        }
      }
    }
    assertTrue(served >= 65, "served " + served);
    assertTrue(refused > 0);
  }
}
