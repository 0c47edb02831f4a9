package dev.sotto.homeserver.voip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.sotto.protocol.id.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnServerTest {
  @Test
  void credentialsAreThoseThatTheSharedSecretGives() {
    TurnServer turn =
        new TurnServer(
            List.of("turn:t.example.org"),
            "north",
            Duration.ofHours(1),
            () -> Instant.ofEpochSecond(1_433_891_295));
    TurnServer.Credentials made = turn.credentials(new UserId("@alice:hs"));
    assertEquals("1433894895:@alice:hs", made.username());
    assertEquals(3600, made.ttl());
    assertEquals(List.of("turn:t.example.org"), made.uris());
    // printf 1433894895:@alice:hs | openssl dgst -sha1 -hmac north -binary | base64
    assertEquals("bmu/jLwaP3dv8poNBtN4e/MjcBE=", made.password());
    assertFalse(made.toString().contains(made.password()));
  }
}
