package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.client.http.FakeServer;
import dev.sotto.client.http.TokenPair;
import dev.sotto.client.memory.SecretText;
import dev.sotto.client.session.SavedSession;
import dev.sotto.client.store.FileStore;
import dev.sotto.client.store.StoreKey;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A session that is carried on needs no server to begin with.
class CarriedOnTest {
  private static final UserId BOT = new UserId("@bot:example.org");

  @TempDir Path folder;

  /// A store as an earlier run has left it.
  private ClientBuilder left(FakeServer server) {
    Path file = folder.resolve("bot.db");
    try (StoreKey key = StoreKey.passphrase("a passphrase".toCharArray());
        FileStore store = FileStore.open(file, key, new SecureRandom())) {
      new Kept(store)
          .keep(
              new SavedSession(
                  server.address(),
                  BOT,
                  new DeviceId("DEVICE"),
                  new TokenPair(SecretText.of("token"), null)));
    }
    return MatrixClient.at(server.address().url().toString()).store(file, "a passphrase");
  }

  @Test
  void sessionIsCarriedOnWithoutARequest() {
    try (FakeServer server = new FakeServer();
        MatrixClient client = left(server).restore()) {
      assertEquals(BOT, client.user());
      assertEquals(List.of(), server.seen());
    }
  }
}
