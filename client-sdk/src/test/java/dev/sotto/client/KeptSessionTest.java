package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import dev.sotto.client.error.NoSessionException;
import dev.sotto.client.error.OtherServerException;
import dev.sotto.client.http.FakeServer;
import dev.sotto.client.http.TokenPair;
import dev.sotto.client.memory.SecretText;
import dev.sotto.client.session.SavedSession;
import dev.sotto.client.store.FileStore;
import dev.sotto.client.store.Shelf;
import dev.sotto.client.store.StoreKey;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How a session that an earlier run has kept begins and ends.
class KeptSessionTest {
  private static final UserId BOT = new UserId("@bot:example.org");

  @TempDir Path folder;

  private FileStore open() {
    SecureRandom random = new SecureRandom();
    try (StoreKey key = StoreKey.file(folder.resolve("bot.key"), random)) {
      return FileStore.open(folder.resolve("bot.db"), key, random);
    }
  }

  private ClientBuilder at(FakeServer server) {
    return at(server.url());
  }

  private ClientBuilder at(String address) {
    // A passphrase costs half a second at each opening.
    return MatrixClient.at(address)
        .storeWithKeyFile(folder.resolve("bot.db"), folder.resolve("bot.key"));
  }

  /// A store as an earlier run has left it.
  private ClientBuilder left(FakeServer server) {
    try (FileStore store = open()) {
      new Kept(store)
          .keep(
              new SavedSession(
                  server.address(),
                  BOT,
                  new DeviceId("DEVICE"),
                  new TokenPair(SecretText.of("token"), null)));
    }
    return at(server);
  }

  @Test
  void sessionIsCarriedOnWithoutARequest() {
    try (FakeServer server = new FakeServer();
        MatrixClient client = left(server).restore()) {
      assertEquals(BOT, client.user());
      assertEquals(List.of(), server.seen());
    }
  }

  @Test
  void anotherAddressThanTheKeptOneIsRefusedUntilTheServerIsSaidToHaveMoved() {
    try (FakeServer before = new FakeServer();
        FakeServer after = new FakeServer()) {
      left(before);
      OtherServerException refused =
          assertThrows(OtherServerException.class, () -> at(after).restore());
      assertTrue(String.valueOf(refused.getMessage()).contains(before.url()));
      assertTrue(String.valueOf(refused.getMessage()).contains(after.url()));
      assertThrows(IllegalStateException.class, () -> at(after).login("bot", "password"));

      after.answer(200, "{\"displayname\":\"Bot\"}").answer(200, "{\"displayname\":\"Bot\"}");
      try (MatrixClient client = at(after).serverMoved().restore()) {
        assertEquals(Optional.of("Bot"), client.profile(BOT).displayName());
      }
      try (MatrixClient client = at(after).restore()) {
        assertEquals(Optional.of("Bot"), client.profile(BOT).displayName());
      }
      assertEquals(List.of(), before.seen());
    }
  }

  @Test
  void serverThatIsNamedIsSoughtWhereItWas() {
    try (FakeServer server = new FakeServer()) {
      left(server);
      server.answer(200, "{\"displayname\":\"Bot\"}");
      try (MatrixClient client = at("example.org").restore()) {
        assertEquals(Optional.of("Bot"), client.profile(BOT).displayName());
      }
    }
  }

  @Test
  void whatIsNoIdIsTheCallersMistake() {
    try (FakeServer server = new FakeServer();
        MatrixClient client = left(server).restore()) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> client.join("kitchen"));
      assertTrue(String.valueOf(refused.getMessage()).contains("room"));
      assertThrows(IllegalArgumentException.class, () -> client.join("#kitchen"));
      assertThrows(
          IllegalArgumentException.class,
          () -> MatrixClient.at("no name").login("bot", "password"));
    }
  }

  @Test
  void newDeviceIsMadeKnownAtOnce() {
    try (FakeServer server = new FakeServer()) {
      server.answer(
          200,
          "{\"user_id\":\"@bot:example.org\",\"device_id\":\"NEW\",\"access_token\":\"token\"}");
      server.otherwise(FakeServer.json(200, "{\"one_time_key_counts\":{}}", Map.of()));
      try (MatrixClient client =
          MatrixClient.at(server.address().url().toString()).loginWithToken("once")) {
        assertEquals(BOT, client.user());
        assertTrue(server.seen().stream().anyMatch(seen -> seen.path().endsWith("/keys/upload")));
      }
    }
  }

  private static String login(String device) {
    return "{\"user_id\":\"@bot:example.org\",\"access_token\":\"token\",\"device_id\":\"%s\"}"
        .formatted(device);
  }

  @Test
  void sameFileServesTheNextDeviceAfterALogout() {
    Set<String> fingerprints = new HashSet<>();
    for (String device : List.of("FIRST", "SECOND")) {
      try (FakeServer server = new FakeServer()) {
        server.otherwise(exchange -> answerLogin(exchange, device));
        try (MatrixClient client = at(server).login("bot", "password")) {
          assertEquals(device, client.device().value());
          fingerprints.add(client.security().fingerprint());
          client.logout();
        }
      }
    }
    assertEquals(2, fingerprints.size());
  }

  @Test
  void keysOfADeviceThatWasLoggedOutAreGone() {
    try (FakeServer server = new FakeServer()) {
      ClientBuilder builder = left(server);
      server.otherwise(FakeServer.json(200, "{}", Map.of()));
      try (MatrixClient client = builder.restore()) {
        client.logout();
      }
      assertThrows(NoSessionException.class, builder::restore);
      try (FileStore store = open()) {
        assertEquals(Map.of(), store.group(Shelf.ACCOUNT, "account"));
      }
    }
  }

  /// As where the process has ended between a logout and the forgetting of the keys.
  @Test
  void keysWithoutASessionDoNotKeepANewDeviceOut() {
    try (FakeServer server = new FakeServer()) {
      left(server).restore().close();
      try (FileStore store = open()) {
        new Kept(store).forget();
      }
      server.otherwise(exchange -> answerLogin(exchange, "NEW"));
      try (MatrixClient client = at(server).login("bot", "password")) {
        assertEquals("NEW", client.device().value());
      }
    }
  }

  private static void answerLogin(HttpExchange exchange, String device) throws IOException {
    boolean login = exchange.getRequestURI().getPath().endsWith("/login");
    FakeServer.json(200, login ? login(device) : "{}", Map.of()).handle(exchange);
  }

  @Test
  void loggingOutIsNoProblemForWhoFollowsTheNews() throws InterruptedException {
    CountDownLatch loggingOut = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    Heard<Problem> problems = new Heard<>();
    Heard<String> ends = new Heard<>();
    try (FakeServer server = new FakeServer();
        MatrixClient client = left(server).restore()) {
      server.otherwise(exchange -> answer(exchange, loggingOut, ended));
      client.onProblem(problems::tell);
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  client.run();
                  ends.tell("returned");
                } catch (RuntimeException e) {
                  ends.tell(e.toString());
                }
                ended.countDown();
              });
      client.awaitFirstSync();
      client.logout();
      assertEquals("returned", ends.await());
      assertTrue(problems.isEmpty());
    }
  }

  /// Knows the session no more as soon as it is to end, and says so to who follows the news first.
  private static void answer(HttpExchange exchange, CountDownLatch loggingOut, CountDownLatch ended)
      throws IOException {
    String request = exchange.getRequestURI().toString();
    try {
      if (request.contains("/sync") && request.contains("since=")) {
        loggingOut.await();
        FakeServer.json(401, "{\"errcode\":\"M_UNKNOWN_TOKEN\"}", Map.of()).handle(exchange);
      } else if (request.contains("/sync")) {
        FakeServer.json(200, "{\"next_batch\":\"here\"}", Map.of()).handle(exchange);
      } else {
        if (request.contains("/logout")) {
          loggingOut.countDown();
          ended.await();
        }
        FakeServer.json(200, "{\"one_time_key_counts\":{}}", Map.of()).handle(exchange);
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
