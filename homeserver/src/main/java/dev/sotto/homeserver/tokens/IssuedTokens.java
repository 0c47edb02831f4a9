package dev.sotto.homeserver.tokens;

import java.time.Duration;
import java.util.Optional;

/// What a client is handed: a new access token, and with a refresh token the time after which it
/// must be used.
public record IssuedTokens(Token access, Optional<Renewal> renewal) {
  /// How the access token is renewed.
  public record Renewal(Token refresh, Duration accessLifetime) {}
}
