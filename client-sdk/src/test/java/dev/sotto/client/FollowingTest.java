package dev.sotto.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.http.Request;
import dev.sotto.client.session.SyncSettings;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FollowingTest {
  private static final String EXPIRED = "{\"errcode\":\"M_UNKNOWN_TOKEN\",\"soft_logout\":true}";
  private static final String LOGGED_OUT = "{\"errcode\":\"M_UNKNOWN_TOKEN\"}";

  private static final String LOGIN =
      "{\"user_id\":\"@bot:example.org\",\"device_id\":\"DEVICE\",\"access_token\":\"token%d\"}";

  private final Sandbox sandbox = new Sandbox();
  private final Following following =
      new Following(
          sandbox.session,
          sandbox.kept,
          _ -> {},
          SyncSettings::usual,
          sandbox.calls,
          sandbox.handlers,
          sandbox.pace);

  @AfterEach
  void close() {
    sandbox.close();
  }

  @Test
  void serverThatTakesNoTokenForLongIsAskedEverMoreSeldom() {
    for (int i = 0; i < 5; i++) {
      sandbox.server.answer(401, EXPIRED).answer(200, LOGIN.formatted(i));
    }
    sandbox.server.answer(401, LOGGED_OUT);
    assertTrue(assertThrows(MatrixRequestException.class, following::run).isLoggedOut());
    assertEquals(4, sandbox.pace.pauses().size());
    assertTrue(sandbox.pace.pauses().getLast().compareTo(Duration.ofSeconds(5)) > 0);
  }

  @Test
  void tokensThatLastedUntilAnAnswerAreNoReasonToPause() {
    for (int i = 0; i < 5; i++) {
      sandbox.server.answer(401, EXPIRED).answer(200, LOGIN.formatted(i));
      sandbox.server.answer(200, "{\"next_batch\":\"" + i + "\"}");
    }
    sandbox.server.answer(401, LOGGED_OUT);
    assertTrue(assertThrows(MatrixRequestException.class, following::run).isLoggedOut());
    assertEquals(0, sandbox.pace.pauses().size());
  }

  @Test
  void whatFailedWithTheFormerTokenDoesNotLogInOnceMore() {
    sandbox.server.answer(401, EXPIRED).answer(200, LOGIN.formatted(1));
    Request request = Request.get("/_matrix/client/v3/sync");
    MatrixRequestException failure =
        assertThrows(MatrixRequestException.class, () -> sandbox.session.requests().send(request));
    assertTrue(sandbox.calls.renew(failure, 0));
    assertTrue(sandbox.calls.renew(failure, 0));
    assertEquals(2, sandbox.server.seen().size());
  }
}
