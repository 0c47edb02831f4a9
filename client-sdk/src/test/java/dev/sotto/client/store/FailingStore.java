package dev.sotto.client.store;

import java.util.List;

/// Fails when it is to keep something for the n-th time, as a full disk does, or a process that
/// ends.
public final class FailingStore extends StoreAround {
  /// What it fails with.
  public static final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /// How it fails.
  public enum Way {
    /// From then on it keeps nothing.
    FOR_GOOD,
    /// It does not keep that once, but what comes later.
    ONCE,
    /// It keeps that, but does not return; later it does.
    ONCE_AFTER_KEEPING
  }

  private final Way way;
  private int left;

  /// @param left how often it keeps something before that
  public FailingStore(CryptoStore inner, int left, Way way) {
    super(inner);
    this.left = left;
    this.way = way;
  }

  public boolean hasFailed() {
    return left < 0;
  }

  @Override
  public void apply(List<Change> changes) {
    left--;
    boolean fails = way == Way.FOR_GOOD ? left < 0 : left == -1;
    if (!fails || way == Way.ONCE_AFTER_KEEPING) {
      super.apply(changes);
    }
    if (fails) {
      throw new Failure();
    }
  }
}
