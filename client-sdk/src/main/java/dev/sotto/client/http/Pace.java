package dev.sotto.client.http;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

/// Time and chance, as far as waiting needs them; a test gives its own.
public interface Pace {
  /// Waits.
  void pause(Duration duration) throws InterruptedException;

  Instant now();

  /// A number from 0 up to but without 1, another each time.
  double chance();

  /// The machine's clock.
  static Pace real() {
    return new Pace() {
      @Override
      public void pause(Duration duration) throws InterruptedException {
        Thread.sleep(duration);
      }

      @Override
      public Instant now() {
        return Instant.now();
      }

      @Override
      public double chance() {
        return ThreadLocalRandom.current().nextDouble();
      }
    };
  }
}
