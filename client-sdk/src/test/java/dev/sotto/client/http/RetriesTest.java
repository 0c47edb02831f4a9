package dev.sotto.client.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.error.MatrixRequestException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetriesTest {
  private static final Request READ = Request.get("/read");
  private static final Request ACT = Request.post("/act");
  private static final String LIMITED = "{\"errcode\":\"M_LIMIT_EXCEEDED\"}";

  private final FakePace pace = new FakePace();
  private final FakeServer server = new FakeServer();
  private final Requests requests = Requests.anonymous(server.address(), pace.settings());

  @AfterEach
  void close() {
    requests.close();
    server.close();
  }

  private MatrixRequestException fails(Request request) {
    return assertThrows(MatrixRequestException.class, () -> requests.send(request));
  }

  @Test
  void rateLimitIsWaitedForAsLongAsItSays() {
    server
        .answer(429, "{\"errcode\":\"M_LIMIT_EXCEEDED\",\"retry_after_ms\":2345}")
        .answer(429, LIMITED, Map.of("Retry-After", "7"))
        .answer(429, LIMITED, Map.of("Retry-After", "Sat, 21 Nov 2026 12:00:30 GMT"))
        .answer(200, "{\"ok\":true}");
    assertTrue(requests.send(ACT).path("ok").asBoolean());
    assertEquals(
        List.of(Duration.ofMillis(2345), Duration.ofSeconds(7), Duration.ofMillis(20_655)),
        pace.pauses());
  }

  @Test
  void headerGoesBeforeTheDeprecatedMember() {
    server.answer(429, "{\"retry_after_ms\":9000}", Map.of("Retry-After", "2")).answer(200, "{}");
    requests.send(READ);
    assertEquals(List.of(Duration.ofSeconds(2)), pace.pauses());
  }

  @ParameterizedTest
  @CsvSource({"600, 600", "99999999999, 86400"})
  void rateLimitThatIsTooLongIsTheCallersToWaitFor(String header, long seconds) {
    server.answer(429, LIMITED, Map.of("Retry-After", header));
    MatrixRequestException failure = fails(READ);
    assertEquals(429, failure.status());
    assertEquals(Optional.of(Duration.ofSeconds(seconds)), failure.retryAfter());
    assertEquals(List.of(), pace.pauses());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-5", "soon", "999999999999999999999", ""})
  void rateLimitThatMakesNoSenseIsWaitedForAsAnyFailure(String header) {
    server.answer(429, LIMITED, Map.of("Retry-After", header)).answer(200, "{}");
    requests.send(READ);
    assertEquals(List.of(Duration.ofMillis(500)), pace.pauses());
  }

  @Test
  void serverErrorsAreWaitedOutWithGrowingPauses() {
    server.answer(500, "{}").answer(502, "<html>").answer(504, "").breakOff().answer(200, "{}");
    requests.send(READ);
    assertEquals(
        List.of(500, 1000, 2000, 4000),
        pace.pauses().stream().map(p -> (int) p.toMillis()).toList());
  }

  @Test
  void triesComeToAnEnd() {
    server.answers(9, FakeServer.json(503, "{\"errcode\":\"M_UNKNOWN\"}", Map.of()));
    assertEquals(503, fails(READ).status());
    assertEquals(5, server.seen().size());
  }

  @Test
  void whatMustHappenOnceIsNotRepeated() {
    server.answer(502, "").breakOff();
    assertEquals(502, fails(ACT).status());
    assertEquals(Kind.UNREACHABLE, fails(Request.put("/state")).kind());
    assertEquals(2, server.seen().size());
    assertEquals(List.of(), pace.pauses());
  }

  @Test
  void putWithTransactionIdIsRepeatedAsItIs() {
    server.breakOff().answer(500, "").answer(200, "{\"event_id\":\"$1\"}");
    Request send =
        Request.put("/rooms/{}/redact/{}/{}", "!r", "$e", "txn-1").json(Map.of()).repeatable();
    assertEquals("$1", requests.send(send).path("event_id").asString());
    assertEquals(3, server.seen().size());
    for (FakeServer.Seen seen : server.seen()) {
      assertEquals("/rooms/%21r/redact/%24e/txn-1", seen.path());
      assertEquals("{}", seen.body());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 413, 501})
  void callersMistakeIsNotRepeated(int status) {
    server.answer(status, "{\"errcode\":\"M_X\"}");
    assertEquals(status, fails(READ).status());
    assertEquals(1, server.seen().size());
  }

  @Test
  void closedPortIsUnreachable() {
    ServerAddress nobody;
    try (FakeServer gone = new FakeServer()) {
      nobody = gone.address();
    }
    try (Requests lost = Requests.anonymous(nobody, pace.settings())) {
      MatrixRequestException failure =
          assertThrows(MatrixRequestException.class, () -> lost.send(READ));
      assertEquals(Kind.UNREACHABLE, failure.kind());
      assertEquals(0, failure.status());
    }
    assertEquals(4, pace.pauses().size());
  }

  @Test
  void pausesDoubleUpToTheirLimitAndVaryByHalf() {
    Retries retries =
        new Retries(9, Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofMinutes(1));
    assertEquals(Duration.ofMillis(500), retries.backOff(1, 0));
    assertEquals(Duration.ofMillis(1500), retries.backOff(2, 0.5));
    assertEquals(Duration.ofSeconds(5), retries.backOff(5, 0));
    assertEquals(Duration.ofMillis(7500), retries.backOff(1_000_000, 0.5));
  }

  @Test
  void interruptEndsThePause() {
    server.answer(503, "{}");
    Pace interrupted =
        new Pace() {
          @Override
          public void pause(Duration duration) throws InterruptedException {
            throw new InterruptedException();
          }

          @Override
          public Instant now() {
            return FakePace.START;
          }

          @Override
          public double chance() {
            return 0;
          }
        };
    HttpSettings usual = pace.settings();
    HttpSettings settings =
        new HttpSettings(
            usual.userAgent(),
            usual.connectTimeout(),
            usual.timeout(),
            usual.retries(),
            interrupted);
    try (Requests stopped = Requests.anonymous(server.address(), settings)) {
      MatrixRequestException failure =
          assertThrows(MatrixRequestException.class, () -> stopped.send(READ));
      assertEquals(Kind.INTERRUPTED, failure.kind());
      assertTrue(Thread.interrupted());
    }
  }
}
