package dev.sotto.client.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.error.MatrixRequestException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LimitsTest {
  private static final Request MEDIA = Request.get("/media").limit(100_000);

  private final FakePace pace = new FakePace();
  private final FakeServer server = new FakeServer();
  private final Requests requests = Requests.anonymous(server.address(), pace.settings());
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @AfterEach
  void close() {
    requests.close();
    server.close();
  }

  @Test
  void endlessAnswerIsCutOff() {
    server.answerEndlessly(200).answerEndlessly(400);
    Request read = Request.get("/read").limit(1 << 20);
    for (int i = 0; i < 2; i++) {
      MatrixRequestException failure =
          assertThrows(MatrixRequestException.class, () -> requests.send(read));
      assertEquals(Kind.TOO_LARGE, failure.kind());
    }
    assertEquals(2, server.seen().size());
  }

  @Test
  void answerOfExactlyTheLimitIsRead() {
    server.answer(200, "{}" + " ".repeat(98)).answer(200, "{}" + " ".repeat(99));
    Request read = Request.get("/read").limit(100);
    requests.send(read);
    assertThrows(MatrixRequestException.class, () -> requests.send(read));
  }

  @Test
  void answerThatNeverEndsIsNotWaitedFor() {
    server.stall(new CountDownLatch(1));
    Request read = Request.post("/act").timeout(Duration.ofMillis(200));
    MatrixRequestException failure =
        assertThrows(MatrixRequestException.class, () -> requests.send(read));
    assertEquals(Kind.TIMED_OUT, failure.kind());
  }

  @Test
  void interruptEndsTheWaitForAnAnswer() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    server.stall(arrived);
    CompletableFuture<Kind> end = new CompletableFuture<>();
    Thread waiting =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    requests.send(Request.get("/read"));
                  } catch (MatrixRequestException e) {
                    end.complete(Thread.currentThread().isInterrupted() ? e.kind() : Kind.REFUSED);
                  }
                });
    arrived.await();
    waiting.interrupt();
    assertEquals(Kind.INTERRUPTED, end.get(10, TimeUnit.SECONDS));
    assertEquals(1, server.seen().size());
  }

  @Test
  void closingEndsWhatIsOnItsWayAndRepeatsNothing() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    server.stall(arrived);
    FutureTask<IllegalStateException> end =
        new FutureTask<>(
            () ->
                assertThrows(
                    IllegalStateException.class, () -> requests.send(Request.get("/read"))));
    Thread.ofVirtual().start(end);
    arrived.await();
    requests.close();
    end.get();
    assertThrows(IllegalStateException.class, () -> requests.send(Request.get("/read")));
    assertEquals(1, server.seen().size());
    assertEquals(List.of(), pace.pauses());
  }

  @Test
  void mediaIsStreamed() {
    String content = "0123456789".repeat(9_999);
    server.answer(200, content, Map.of("Content-Type", "image/png"));
    Requests.Download download = requests.download(MEDIA, out);
    assertArrayEquals(content.getBytes(StandardCharsets.UTF_8), out.toByteArray());
    assertEquals(new Requests.Download(99_990, "image/png"), download);
  }

  @Test
  void mediaStopsAtItsLimit() {
    server.answerEndlessly(200);
    MatrixRequestException failure =
        assertThrows(MatrixRequestException.class, () -> requests.download(MEDIA, out));
    assertEquals(Kind.TOO_LARGE, failure.kind());
    assertTrue(out.size() <= 100_000);
  }

  @Test
  void refusedMediaWritesNothing() {
    server.answer(404, "{\"errcode\":\"M_NOT_FOUND\"}");
    MatrixRequestException failure =
        assertThrows(MatrixRequestException.class, () -> requests.download(MEDIA, out));
    assertEquals("M_NOT_FOUND", failure.errcode());
    assertEquals(0, out.size());
  }

  @Test
  void mediaIsAskedForAgainOnlyBeforeItsFirstByte() {
    server.answer(503, "").answer(200, "whole");
    requests.download(MEDIA, out);
    assertEquals("whole", out.toString(StandardCharsets.UTF_8));

    server.breakOff().answer(200, "never read");
    assertThrows(MatrixRequestException.class, () -> requests.download(MEDIA, out));
    assertEquals("whole{", out.toString(StandardCharsets.UTF_8));
    assertEquals(3, server.seen().size());
  }

  @Test
  void readersOwnFailureIsTold() {
    server.answer(200, "content");
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("disk full");
          }
        };
    UncheckedIOException failure =
        assertThrows(UncheckedIOException.class, () -> requests.download(MEDIA, full));
    assertTrue(String.valueOf(failure.getCause()).endsWith("disk full"));
    assertEquals(1, server.seen().size());
  }
}
