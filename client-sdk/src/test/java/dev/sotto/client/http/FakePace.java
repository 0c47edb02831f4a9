package dev.sotto.client.http;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A clock that stands still but for the pauses, which take no time.
public final class FakePace implements Pace {
  /// When it starts.
  public static final Instant START = Instant.parse("2026-11-21T12:00:00Z");

  private final List<Duration> pauses = new CopyOnWriteArrayList<>();

  @Override
  public void pause(Duration duration) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    pauses.add(duration);
  }

  @Override
  public Instant now() {
    return pauses.stream().reduce(START, Instant::plus, (_, later) -> later);
  }

  @Override
  public double chance() {
    return 0;
  }

  /// All so far, in order.
  public List<Duration> pauses() {
    return List.copyOf(pauses);
  }

  /// The usual settings with this clock.
  public HttpSettings settings() {
    HttpSettings usual = HttpSettings.usual("test/1");
    return new HttpSettings(
        usual.userAgent(), usual.connectTimeout(), usual.timeout(), usual.retries(), this);
  }
}
