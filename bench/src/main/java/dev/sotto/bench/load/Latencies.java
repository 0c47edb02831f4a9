package dev.sotto.bench.load;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/// How long things took.
final class Latencies {
  private final List<Long> nanos = Collections.synchronizedList(new ArrayList<>());

  void add(long nanoseconds) {
    nanos.add(nanoseconds);
  }

  int count() {
    return nanos.size();
  }

  /// Milliseconds that `percent` of them did not exceed.
  double millis(double percent) {
    List<Long> sorted;
    synchronized (nanos) {
      sorted = nanos.stream().sorted().toList();
    }
    if (sorted.isEmpty()) {
      return Double.NaN;
    }
    int index = (int) Math.ceil(sorted.size() * percent / 100) - 1;
    return sorted.get(Math.clamp(index, 0, sorted.size() - 1)) / 1e6;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "p50 %.2f ms, p90 %.2f ms, p99 %.2f ms, max %.2f ms (%d)",
        millis(50),
        millis(90),
        millis(99),
        millis(100),
        nanos.size());
  }
}
