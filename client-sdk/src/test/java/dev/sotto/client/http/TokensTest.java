package dev.sotto.client.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpHandler;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.memory.SecretText;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class TokensTest {
  private static final String SOFT =
      "{\"errcode\":\"M_UNKNOWN_TOKEN\",\"error\":\"expired\",\"soft_logout\":true}";
  private static final int THREADS = 8;

  private final FakePace pace = new FakePace();
  private final FakeServer server = new FakeServer();
  private final List<TokenPair> kept = new CopyOnWriteArrayList<>();
  private final Tokens tokens =
      new Tokens(new TokenPair(SecretText.of("old"), SecretText.of("refresh-1")), kept::add);
  private final Requests requests =
      Requests.anonymous(server.address(), pace.settings()).with(tokens);

  @AfterEach
  void close() {
    requests.close();
    server.close();
  }

  private List<String> sent() {
    return server.seen().stream()
        .map(seen -> seen.path() + " " + seen.header("Authorization"))
        .toList();
  }

  @Test
  void expiredTokenIsRefreshedAndKeptBeforeItIsUsed() {
    List<Integer> keptAtUse = new ArrayList<>();
    server
        .answer(401, SOFT)
        .answer(200, "{\"access_token\":\"new\",\"refresh_token\":\"refresh-2\"}")
        .answer(
            exchange -> {
              keptAtUse.add(kept.size());
              FakeServer.json(200, "{\"ok\":true}", Map.of()).handle(exchange);
            });
    // Even what must happen once: the server did nothing with it.
    assertTrue(requests.send(Request.post("/act")).path("ok").asBoolean());
    assertEquals(
        List.of("/act Bearer old", "/_matrix/client/v3/refresh null", "/act Bearer new"), sent());
    assertEquals("{\"refresh_token\":\"refresh-1\"}", server.seen().get(1).body());
    assertEquals(List.of(1), keptAtUse);
    assertEquals(new TokenPair(SecretText.of("new"), SecretText.of("refresh-2")), kept.getFirst());
  }

  @Test
  void refreshTokenStaysWhereNoOtherIsGiven() {
    server.answer(401, SOFT).answer(200, "{\"access_token\":\"new\"}").answer(200, "{}");
    requests.send(Request.get("/read"));
    assertEquals(new TokenPair(SecretText.of("new"), SecretText.of("refresh-1")), tokens.current());
  }

  @Test
  void lostRefreshIsRepeated() {
    server.answer(401, SOFT).breakOff().answer(200, "{\"access_token\":\"new\"}").answer(200, "{}");
    requests.send(Request.get("/read"));
    assertEquals(4, server.seen().size());
  }

  @Test
  void tokensThatCannotBeKeptAreNotUsed() {
    Tokens unkept =
        new Tokens(
            tokens.current(),
            _ -> {
              throw new IllegalStateException("disk full");
            });
    server.answer(401, SOFT).answer(200, "{\"access_token\":\"new\"}");
    Requests lost = requests.with(unkept);
    assertThrows(IllegalStateException.class, () -> lost.send(Request.get("/read")));
    assertEquals("Bearer old", "Bearer " + unkept.current().access().text());
    assertEquals(2, server.seen().size());
  }

  @Test
  void hardLogoutIsNotRefreshed() {
    server.answer(401, "{\"errcode\":\"M_UNKNOWN_TOKEN\"}");
    MatrixRequestException failure =
        assertThrows(MatrixRequestException.class, () -> requests.send(Request.get("/read")));
    assertTrue(failure.isLoggedOut());
    assertFalse(failure.isSoftLogout());
    assertEquals(1, server.seen().size());
  }

  @Test
  void tokenThatIsRefusedAfreshIsNotRefreshedForEver() {
    server.answer(401, SOFT).answer(200, "{\"access_token\":\"new\"}").answer(401, SOFT);
    MatrixRequestException failure =
        assertThrows(MatrixRequestException.class, () -> requests.send(Request.get("/read")));
    assertTrue(failure.isSoftLogout());
    assertEquals(3, server.seen().size());
  }

  @Test
  void manyThreadsRefreshOnce() throws Exception {
    CountDownLatch allRefused = new CountDownLatch(THREADS);
    server
        .answers(THREADS, refuseTogether(allRefused))
        .answer(200, "{\"access_token\":\"new\",\"refresh_token\":\"refresh-2\"}")
        .answers(THREADS, FakeServer.json(200, "{}", Map.of()));
    for (Future<?> result : together(() -> requests.send(Request.get("/read")))) {
      result.get();
    }
    assertEquals(1, kept.size());
    assertEquals(2 * THREADS + 1, server.seen().size());
  }

  /// Renews the token of now, which fails.
  private FutureTask<MatrixRequestException> failing(Runnable request) {
    TokenPair stale = tokens.current();
    return new FutureTask<>(
        () ->
            assertThrows(
                MatrixRequestException.class,
                () ->
                    tokens.renew(
                        stale,
                        _ -> {
                          request.run();
                          return stale;
                        })));
  }

  @Test
  void failedRefreshIsSharedByThoseWhoWaitForIt() throws Exception {
    TokenPair stale = tokens.current();
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch refused = new CountDownLatch(1);
    FutureTask<MatrixRequestException> first =
        failing(
            () -> {
              asked.countDown();
              awaitQuietly(refused);
              throw unreachable();
            });
    Thread.ofPlatform().start(first);
    asked.await();
    FutureTask<MatrixRequestException> second =
        failing(
            () -> {
              throw new IllegalStateException("asked again");
            });
    Thread waiting = Thread.ofPlatform().start(second);
    while (waiting.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    refused.countDown();
    assertEquals(MatrixRequestException.Kind.UNREACHABLE, second.get().kind());
    assertEquals(MatrixRequestException.Kind.UNREACHABLE, first.get().kind());

    // Who comes later asks anew.
    TokenPair fresh = new TokenPair(SecretText.of("new"), null);
    tokens.renew(stale, _ -> fresh);
    assertEquals(fresh, tokens.current());
  }

  private static MatrixRequestException unreachable() {
    return new MatrixRequestException(MatrixRequestException.Kind.UNREACHABLE, "unreachable", null);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static HttpHandler refuseTogether(CountDownLatch all) {
    return exchange -> {
      all.countDown();
      awaitQuietly(all);
      FakeServer.json(401, SOFT, Map.of()).handle(exchange);
    };
  }

  private static <T> List<Future<T>> together(Callable<T> task) throws InterruptedException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<T>> tasks = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        tasks.add(task);
      }
      return threads.invokeAll(tasks);
    }
  }

  @Test
  void tokenThatTheServerRepeatsReachesNoMessage() {
    server.answer(403, "{\"errcode\":\"M_X\",\"error\":\"old and refresh-1 are not welcome\"}");
    MatrixRequestException failure =
        assertThrows(MatrixRequestException.class, () -> requests.send(Request.get("/read")));
    assertEquals("GET /read: 403 M_X: (secret) and (secret) are not welcome", failure.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"access_token\":7}",
        "{\"access_token\":\"\"}",
        "{\"access_token\":\"a\\r\\nX-Injected: 1\"}",
        "{\"access_token\":\"ü\"}",
        "{\"access_token\":\"a\",\"refresh_token\":null}"
      })
  void tokensThatNoHeaderTakesAreRefusedWithoutRepeatingThem(String answer) {
    MatrixException refused =
        assertThrows(MatrixException.class, () -> TokenPair.read(Json.parseObject(answer), null));
    assertFalse(refused.getMessage().contains("Injected"));
  }

  @Test
  void loggedOutSessionSendsNothing() {
    tokens.discard();
    assertThrows(IllegalStateException.class, () -> requests.send(Request.get("/read")));
    assertEquals(List.of(), server.seen());
  }

  @Test
  void secretsPrintNothingAndCompare() {
    SecretText secret = SecretText.of("pässword");
    assertEquals("SecretText", secret.toString());
    assertEquals("pässword", secret.text());
    assertEquals(SecretText.of("pässword"), secret);
    assertNotEquals(SecretText.of("password"), secret);
    assertFalse(
        new TokenPair(SecretText.of("abc"), SecretText.of("def")).toString().contains("abc"));
    secret.close();
    assertThrows(IllegalStateException.class, secret::text);
  }
}
