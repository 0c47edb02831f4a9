package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.http.FakeServer;
import dev.sotto.client.http.FakeServer.Seen;
import dev.sotto.protocol.json.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a program says before it connects, at a scripted server.
class ClientBuilderTest {
  private final FakeServer server = new FakeServer();

  private final CountDownLatch held = new CountDownLatch(1);

  @BeforeEach
  void serve() {
    server.otherwise(this::answer);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().toString();
    if (path.contains("timeout=7000")) {
      held.countDown();
    }
    String answer = "{\"one_time_key_counts\":{}}";
    if (path.contains("/login")) {
      answer = "{\"user_id\":\"@bot:a.org\",\"device_id\":\"D\",\"access_token\":\"token\"}";
    } else if (path.contains("/sync")) {
      answer = "{\"next_batch\":\"here\"}";
    }
    FakeServer.json(200, answer, Map.of()).handle(exchange);
  }

  private Seen seen(String path) {
    return server.seen().stream()
        .filter(one -> one.path().contains(path))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void deviceAndProgramAreCalledAsTheyAreNamed() {
    try (MatrixClient client =
        MatrixClient.at(server.url())
            .deviceName("Kitchen bot")
            .program("kitchen-bot/1.2")
            .loginWithToken("once")) {
      assertEquals("D", client.device().value());
    }
    Seen login = seen("/login");
    assertEquals(
        "Kitchen bot",
        Json.parseObject(login.body()).path("initial_device_display_name").stringValue(null));
    assertTrue(String.valueOf(login.header("User-Agent")).startsWith("kitchen-bot/1.2 "));
  }

  @Test
  void serverHoldsNewsBackForAsLongAsItIsSaid() throws InterruptedException {
    try (MatrixClient client =
        MatrixClient.at(server.url()).syncTimeout(Duration.ofSeconds(7)).loginWithToken("once")) {
      client.start();
      assertTrue(held.await(30, TimeUnit.SECONDS));
    }
    // The first asks for what there is.
    assertTrue(seen("/sync").path().contains("timeout=0"));
  }

  @Test
  void passwordsGoInTheClearOnlyWhereThatIsAllowed() {
    // No name, since some resolvers know all of them; and a port where nobody listens.
    ClientBuilder clear = MatrixClient.at("http://0.0.0.0:1");
    assertThrows(IllegalArgumentException.class, () -> clear.loginWithToken("once"));
    // Allowed, it fails only where there is no server.
    MatrixRequestException failure =
        assertThrows(
            MatrixRequestException.class, () -> clear.allowClearText().loginWithToken("once"));
    assertEquals(MatrixRequestException.Kind.UNREACHABLE, failure.kind());
  }
}
