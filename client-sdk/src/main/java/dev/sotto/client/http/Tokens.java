package dev.sotto.client.http;

import dev.sotto.client.error.MatrixRequestException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The tokens that a session's requests are sent with, which change while it lives.
///
/// Many threads may find at the same time that the access token has expired: one refreshes it, the
/// others wait for what comes of that.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#refreshing-access-tokens
public final class Tokens {
  /// Keeps new tokens where they survive the program's end.
  @FunctionalInterface
  public interface Keeper {
    /// Returns when `pair` is on disk. No request goes out with it before: the server revokes the
    /// former tokens at the first use of the new ones.
    void keep(TokenPair pair);
  }

  private final Keeper keeper;
  private final ReentrantLock refreshing = new ReentrantLock();
  private volatile @Nullable TokenPair current;
  private volatile long tries;
  private @Nullable MatrixRequestException lastFailure;

  public Tokens(TokenPair first, Keeper keeper) {
    this.current = first;
    this.keeper = keeper;
  }

  /// @throws IllegalStateException after a logout
  TokenPair current() {
    TokenPair pair = current;
    if (pair == null) {
      throw new IllegalStateException("This session has been logged out.");
    }
    return pair;
  }

  /// Puts the tokens of a new login of the same device in place, once they are kept.
  public void replace(TokenPair pair) {
    refreshing.lock();
    try {
      keeper.keep(pair);
      current = pair;
    } finally {
      refreshing.unlock();
    }
  }

  /// Forgets the tokens, after a logout.
  public void discard() {
    current = null;
  }

  /// Makes sure that `stale` is no longer current: asks `refresh` for its successor, unless another
  /// thread has done so since.
  ///
  /// @throws MatrixRequestException what came of the refreshing, also of another thread's that this
  ///   one has waited for
  void renew(TokenPair stale, UnaryOperator<TokenPair> refresh) throws InterruptedException {
    long seen = tries;
    refreshing.lockInterruptibly();
    try {
      if (!stale.equals(current)) {
        return;
      }
      MatrixRequestException failure = lastFailure;
      if (seen != tries && failure != null) {
        throw failure;
      }
      TokenPair fresh = ask(stale, refresh);
      keeper.keep(fresh);
      current = fresh;
    } finally {
      refreshing.unlock();
    }
  }

  private TokenPair ask(TokenPair stale, UnaryOperator<TokenPair> refresh) {
    lastFailure = null;
    try {
      return refresh.apply(stale);
    } catch (MatrixRequestException e) {
      lastFailure = e.kind() == MatrixRequestException.Kind.INTERRUPTED ? null : e;
      throw e;
    } finally {
      countTry();
    }
  }

  /// Only ever called by the one thread that holds the lock.
  @SuppressWarnings("NonAtomicVolatileUpdate")
  private void countTry() {
    tries++;
  }
}
