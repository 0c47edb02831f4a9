package dev.sotto.client;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Tests against the server as it was built, one for all tests of a class.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class AgainstServer {
  /// Each test's own.
  @TempDir protected Path folder;

  private final String policy;
  private @Nullable BuiltServer running;

  /// @param policy what the server says to rooms that are not encrypted: `required` that they are,
  ///   or `optional`
  protected AgainstServer(String policy) {
    this.policy = policy;
  }

  @BeforeAll
  void startServer(@TempDir Path serverFolder) throws IOException, InterruptedException {
    running = BuiltServer.start(serverFolder, policy);
  }

  @AfterAll
  void stopServer() {
    if (running != null) {
      running.close();
    }
  }

  protected final BuiltServer server() {
    BuiltServer server = running;
    if (server == null) {
      throw new IllegalStateException("There is no server.");
    }
    return server;
  }
}
