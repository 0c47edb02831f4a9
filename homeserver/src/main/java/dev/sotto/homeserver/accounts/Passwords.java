package dev.sotto.homeserver.accounts;

import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Checks and hashes passwords with Argon2id.
///
/// Hashing takes much memory and a whole core for its time. It is done by a few threads of its own,
/// so that a flood of logins neither exhausts the memory nor takes the cores from everybody else;
/// when their line is full, the caller is told to come back.
public final class Passwords implements AutoCloseable {
  private static final int MAX_LENGTH = 512;
  private static final int MAX_WAITING = 64;
  private static final long RETRY_AFTER_MS = 2000;

  private final int minLength;
  private final Argon2 argon2;
  private final ThreadPoolExecutor threads;
  private final String nobody;

  /// @param threadCount how many passwords are hashed at the same time
  public Passwords(int minLength, PasswordCost cost, int threadCount, SecureRandom random) {
    this.minLength = minLength;
    this.argon2 = new Argon2(cost, threadCount, random);
    this.threads =
        new ThreadPoolExecutor(
            threadCount,
            threadCount,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            Thread.ofPlatform().daemon().name("passwords-", 0).factory());
    threads.allowCoreThreadTimeOut(true);
    // Of the right form, and no password fits it.
    nobody = argon2.impossible();
  }

  /// Refuses what may not be a new password: `M_WEAK_PASSWORD` if it is too short.
  public void checkNew(String password) {
    int length = password.codePointCount(0, password.length());
    if (length < minLength) {
      throw new MatrixException(
          ErrorCode.M_WEAK_PASSWORD, "A password must have at least " + minLength + " characters.");
    }
    if (length > MAX_LENGTH) {
      throw MatrixException.invalidParam(
          "A password may have at most " + MAX_LENGTH + " characters.");
    }
  }

  /// The hash to store, with its salt and cost in it.
  public String hash(String password) {
    return run(() -> argon2.hash(bytes(password)));
  }

  /// Whether this password fits a stored hash. Takes as long where there is no hash (null), so that
  /// nobody learns who has an account.
  public boolean matches(String password, @Nullable String hash) {
    if (password.length() > 2 * MAX_LENGTH) {
      return false;
    }
    return run(() -> argon2.matches(bytes(password), hash == null ? nobody : hash)) && hash != null;
  }

  /// Whether a stored hash was made at another cost than is set now.
  public boolean outdated(String hash) {
    return argon2.outdated(hash);
  }

  private static byte[] bytes(String password) {
    return password.getBytes(StandardCharsets.UTF_8);
  }

  private <T> T run(Callable<T> work) {
    try {
      return threads.submit(work).get();
    } catch (RejectedExecutionException e) {
      throw new MatrixException(
          ErrorCode.M_LIMIT_EXCEEDED,
          "Too many people are logging in; try again in a moment.",
          Map.of("retry_after_ms", RETRY_AFTER_MS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a password was hashed", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a password could not be hashed", e.getCause());
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
