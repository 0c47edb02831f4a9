package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import dev.sotto.client.http.FakeServer;
import dev.sotto.client.memory.SecretText;
import dev.sotto.protocol.json.Json;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EngineTest {
  @Test
  void passwordIsForgottenWhenTheClientIsClosed() {
    Sandbox sandbox = new Sandbox();
    SecretText password = SecretText.of("password");
    engine(sandbox, new Calls(sandbox.session, password)).life().close();
    sandbox.server.close();
    assertThrows(IllegalStateException.class, password::text);
  }

  private static Engine engine(Sandbox sandbox, Calls calls) {
    return new Engine(
        sandbox.store,
        sandbox.kept,
        sandbox.session,
        calls,
        sandbox.machine,
        new SecureRandom(),
        sandbox.pace,
        Duration.ofMillis(1));
  }

  /// Has a history to fetch, and is not answered at first.
  private static final class Quiet {
    final Sandbox sandbox = new Sandbox();
    final String devices = new OfferedHistory(sandbox).devices().toString();
    final CountDownLatch asked = new CountDownLatch(1);
    final CountDownLatch over = new CountDownLatch(1);
    final CountDownLatch told = new CountDownLatch(1);
    final AtomicInteger early = new AtomicInteger();
    final AtomicInteger syncs = new AtomicInteger();

    void answer(HttpExchange exchange) throws IOException {
      String path = exchange.getRequestURI().getPath();
      if (path.contains("/media/download/")) {
        early.addAndGet(syncs.get() == 0 ? 1 : 0);
        asked.countDown();
        FakeServer.json(404, "{\"errcode\":\"M_NOT_FOUND\"}", Map.of()).handle(exchange);
      } else if (path.endsWith("/sync")) {
        // Whoever did not wait for this has asked by then.
        await(syncs.get() == 0 ? asked : over, syncs.get() == 0 ? 1 : 60);
        syncs.incrementAndGet();
        FakeServer.json(200, "{\"next_batch\":\"one\"}", Map.of()).handle(exchange);
      } else {
        String keys = path.endsWith("/keys/query") ? devices : Json.object().toString();
        FakeServer.json(200, keys, Map.of()).handle(exchange);
      }
    }

    private static boolean await(CountDownLatch latch, int seconds) {
      try {
        return latch.await(seconds, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void historyIsFetchedWhenTheServerIsKnownToAnswer() {
    Quiet quiet = new Quiet();
    quiet.sandbox.server.otherwise(quiet::answer);
    Engine engine = engine(quiet.sandbox, new Calls(quiet.sandbox.session, null));
    engine
        .handlers()
        .addProblems(
            problem -> {
              if (problem.room().isPresent()) {
                quiet.told.countDown();
              }
            });
    engine.life().start();
    assertTrue(Quiet.await(quiet.told, 60));
    assertEquals(0, quiet.early.get());
    quiet.over.countDown();
    engine.life().close();
    quiet.sandbox.server.close();
  }
}
