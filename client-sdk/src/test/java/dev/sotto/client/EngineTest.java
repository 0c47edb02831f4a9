package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.client.memory.SecretText;
import java.security.SecureRandom;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class EngineTest {
  @Test
  void passwordIsForgottenWhenTheClientIsClosed() {
    Sandbox sandbox = new Sandbox();
    SecretText password = SecretText.of("password");
    Engine engine =
        new Engine(
            sandbox.store,
            sandbox.kept,
            sandbox.session,
            new Calls(sandbox.session, password),
            sandbox.machine,
            new SecureRandom(),
            sandbox.pace,
            Duration.ofMillis(1));
    engine.life().close();
    sandbox.server.close();
    assertThrows(IllegalStateException.class, password::text);
  }
}
