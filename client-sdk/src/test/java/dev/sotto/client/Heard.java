package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// What handlers were told, for a test to wait for.
final class Heard<T> {
  private final BlockingQueue<T> told = new LinkedBlockingQueue<>();
  private final List<T> passed = new ArrayList<>();

  void tell(T what) {
    told.add(what);
  }

  /// The next that fits; what comes before is passed over.
  T await(Predicate<? super T> wanted) throws InterruptedException {
    while (true) {
      T next = told.poll(30, TimeUnit.SECONDS);
      if (next == null) {
        return fail("It was not told; before came " + passed);
      }
      if (wanted.test(next)) {
        return next;
      }
      passed.add(next);
    }
  }

  T await() throws InterruptedException {
    return await(_ -> true);
  }

  boolean isEmpty() {
    return told.isEmpty();
  }
}
