package dev.sotto.client.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.http.FakePace;
import dev.sotto.client.http.FakeServer;
import dev.sotto.client.http.TokenPair;
import dev.sotto.client.memory.SecretText;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class SyncLoopTest {
  private static final String GONE = "{\"errcode\":\"M_UNKNOWN_TOKEN\"}";

  private final FakePace pace = new FakePace();
  private final FakeServer server = new FakeServer();
  private final Place place = new Place();
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final List<Duration> troubles = new CopyOnWriteArrayList<>();
  private final Session session =
      Session.restore(
          new SavedSession(
              server.address(),
              new UserId("@ada:example.org"),
              new DeviceId("DEV"),
              new TokenPair(SecretText.of("tok"), null)),
          new MemoryKeeper(),
          pace.settings());

  private static final class Place implements SyncPlace {
    private final List<String> kept = new CopyOnWriteArrayList<>();

    @Override
    public @Nullable String since() {
      return kept.isEmpty() ? null : kept.getLast();
    }

    @Override
    public void keep(String since) {
      kept.add(since);
    }
  }

  private class Listener implements SyncListener {
    @Override
    public void onAnswer(SyncAnswer answer) {
      seen.add(answer.nextBatch());
    }

    @Override
    public void onTrouble(MatrixRequestException failure, Duration wait) {
      troubles.add(wait);
    }
  }

  @AfterEach
  void close() {
    session.close();
    server.close();
  }

  private SyncLoop loop(SyncListener listener) {
    return session.sync(place, listener, SyncSettings.usual());
  }

  private static String upTo(String next) {
    return "{\"next_batch\":\"" + next + "\"}";
  }

  private List<String> paths() {
    return server.seen().stream()
        .map(asked -> asked.path().replace("/_matrix/client/v3/sync", ""))
        .toList();
  }

  /// Runs until the server has nothing more to say.
  private void runUntilLoggedOut(SyncLoop loop) {
    server.answer(401, GONE);
    assertTrue(assertThrows(MatrixRequestException.class, loop::run).isLoggedOut());
  }

  @Test
  void answersAreHandedOverInOrderAndTheirPlacesKept() {
    server.answer(200, upTo("s1")).answer(200, upTo("s2")).answer(200, upTo("s3"));
    runUntilLoggedOut(loop(new Listener()));
    assertEquals(List.of("s1", "s2", "s3"), seen);
    assertEquals(List.of("s1", "s2", "s3"), place.kept);
    assertEquals(
        List.of(
            "?timeout=30000",
            "?timeout=30000&since=s1",
            "?timeout=30000&since=s2",
            "?timeout=30000&since=s3"),
        paths());
  }

  @Test
  void placeIsKeptAfterTheListenerAndBeforeTheNextRequest() {
    List<String> order = new ArrayList<>();
    server
        .answer(200, upTo("s1"))
        .answer(
            exchange -> {
              order.add("asked with " + place.kept);
              FakeServer.json(200, upTo("s2"), Map.of()).handle(exchange);
            });
    runUntilLoggedOut(loop(answer -> order.add(answer.nextBatch() + " with " + place.kept)));
    assertEquals(List.of("s1 with []", "asked with [s1]", "s2 with [s1]"), order);
  }

  @Test
  void filterAndPresenceAreSent() {
    SyncSettings usual = SyncSettings.usual();
    SyncSettings filtered =
        new SyncSettings(
            usual.hold(), "{\"room\":{}}", null, () -> Optional.of("offline"), usual.backOff());
    runUntilLoggedOut(session.sync(place, new Listener(), filtered));
    assertEquals(
        List.of("?timeout=30000&filter=%7B%22room%22%3A%7B%7D%7D&set_presence=offline"), paths());
  }

  @Test
  void answerThatIsTooLongIsAskedForFrugallyOnce() {
    SyncSettings usual = SyncSettings.usual();
    SyncSettings settings =
        new SyncSettings(usual.hold(), "many", "few", Optional::empty, usual.backOff());
    server.answerEndlessly(200).answer(200, upTo("s1"));
    runUntilLoggedOut(session.sync(place, new Listener(), settings));
    assertEquals(
        List.of(
            "?timeout=30000&filter=many",
            "?timeout=0&filter=few",
            "?timeout=30000&since=s1&filter=many"),
        paths());
    assertEquals(List.of("s1"), seen);
    assertEquals(List.of(Duration.ZERO), troubles);
  }

  @Test
  void sessionThatIsCarriedOnIsToldAtOnceHowThingsStand() {
    place.keep("s1");
    server.answer(200, upTo("s1")).answer(200, upTo("s2"));
    runUntilLoggedOut(loop(new Listener()));
    assertEquals(
        List.of("?timeout=0&since=s1", "?timeout=30000&since=s1", "?timeout=30000&since=s2"),
        paths());
  }

  @Test
  void answerThatTheListenerFailsAtIsHandedOverAgain() {
    server.answer(200, upTo("s1")).answer(200, upTo("s2")).answer(200, upTo("s2"));
    SyncLoop loop =
        loop(
            answer -> {
              seen.add(answer.nextBatch());
              if (seen.equals(List.of("s1", "s2"))) {
                throw new IllegalStateException("disk full");
              }
            });
    assertThrows(IllegalStateException.class, loop::run);
    assertEquals(List.of("s1"), place.kept);

    runUntilLoggedOut(loop);
    assertEquals(List.of("s1", "s2", "s2"), seen);
    assertEquals("?timeout=30000&since=s1", paths().get(2));
  }

  @Test
  void failuresThatPassAreWaitedOut() {
    server
        .answer(502, "<html>")
        .breakOff()
        .answer(200, "<html>captive portal</html>")
        .answer(403, "<html>firewall</html>")
        .answer(429, "{\"errcode\":\"M_LIMIT_EXCEEDED\",\"retry_after_ms\":100000}")
        .answer(200, upTo("s1"))
        .answer(500, "{\"errcode\":\"M_UNKNOWN\"}")
        .answer(200, upTo("s2"));
    runUntilLoggedOut(loop(new Listener()));
    assertEquals(List.of("s1", "s2"), seen);
    assertEquals(
        List.of(500, 1000, 2000, 4000, 100_000, 500),
        troubles.stream().map(wait -> (int) wait.toMillis()).toList());
    assertEquals(troubles, pace.pauses());
    // Who was away asks first for what there is.
    assertEquals("?timeout=0", paths().get(5));
    assertEquals("?timeout=30000&since=s1", paths().get(6));
  }

  @ParameterizedTest
  @CsvSource({"401, M_UNKNOWN_TOKEN", "403, M_FORBIDDEN", "400, M_INVALID_PARAM"})
  void refusalEndsTheLoop(int status, String errcode) {
    server.answer(status, "{\"errcode\":\"" + errcode + "\"}");
    MatrixRequestException failure =
        assertThrows(MatrixRequestException.class, loop(new Listener())::run);
    assertEquals(errcode, failure.errcode());
    assertEquals(List.of(), troubles);
  }

  @Test
  void answerWithoutAPlaceIsNotHandedOver() {
    server.answer(200, "{}").answer(200, "{\"next_batch\":7}").answer(200, "{\"next_batch\":\"\"}");
    runUntilLoggedOut(loop(new Listener()));
    assertEquals(List.of(), seen);
    assertEquals(3, troubles.size());
  }

  @Test
  void serverWithoutNewsIsNotAskedWithoutAPause() {
    server.answer(200, upTo("s1")).answer(200, upTo("s1")).answer(200, upTo("s1"));
    runUntilLoggedOut(loop(new Listener()));
    assertEquals(List.of(Duration.ofSeconds(1), Duration.ofSeconds(1)), pace.pauses());
  }

  /// A thread that runs a loop, and what its interrupt status was when the loop had ended.
  private record Runner(Thread thread, AtomicBoolean interrupted) {
    boolean endsInterrupted() throws InterruptedException {
      thread.join();
      return interrupted.get();
    }
  }

  private Runner runUntilTheServerIsWaitedFor(SyncLoop loop) throws InterruptedException {
    CountDownLatch arrived = new CountDownLatch(1);
    server.stall(arrived);
    AtomicBoolean interrupted = new AtomicBoolean();
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  loop.run();
                  interrupted.set(Thread.currentThread().isInterrupted());
                });
    arrived.await();
    return new Runner(thread, interrupted);
  }

  @Test
  void stopEndsTheWaitForTheServer() throws Exception {
    SyncLoop loop = loop(new Listener());
    Runner runner = runUntilTheServerIsWaitedFor(loop);
    loop.stop();
    assertFalse(runner.endsInterrupted());
    assertEquals(1, server.seen().size());
  }

  @Test
  void closingTheSessionEndsItsLoop() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    server.stall(arrived);
    FutureTask<Boolean> end =
        new FutureTask<>(
            () -> {
              loop(new Listener()).run();
              return true;
            });
    Thread.ofVirtual().start(end);
    arrived.await();
    session.close();
    assertTrue(end.get());
    assertEquals(List.of(), troubles);
  }

  @Test
  void stopLetsTheListenerFinish() {
    server.answer(200, upTo("s1")).answer(200, upTo("s2"));
    SyncLoop[] loop = new SyncLoop[1];
    loop[0] =
        loop(
            answer -> {
              loop[0].stop();
              assertFalse(Thread.currentThread().isInterrupted());
              seen.add(answer.nextBatch());
            });
    loop[0].run();
    assertEquals(List.of("s1"), seen);
    assertEquals(List.of("s1"), place.kept);
    assertEquals(1, server.seen().size());
    // It stays stopped.
    loop[0].run();
    assertEquals(1, server.seen().size());
  }

  @Test
  void interruptOfTheThreadEndsTheLoopAndStays() throws Exception {
    Runner runner = runUntilTheServerIsWaitedFor(loop(new Listener()));
    runner.thread.interrupt();
    assertTrue(runner.endsInterrupted());
  }

  @Test
  void secondRunAtTheSameTimeIsRefused() {
    server.answer(200, upTo("s1"));
    SyncLoop[] loop = new SyncLoop[1];
    loop[0] = loop(_ -> assertThrows(IllegalStateException.class, loop[0]::run));
    runUntilLoggedOut(loop[0]);
    assertEquals(List.of("s1"), place.kept);
  }
}
