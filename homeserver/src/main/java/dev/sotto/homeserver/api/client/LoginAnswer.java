package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.logins.Login;
import dev.sotto.homeserver.tokens.IssuedTokens.Renewal;
import org.jspecify.annotations.Nullable;

/// What a client is told of the session that it has opened by logging in or registering.
///
/// @param homeServer deprecated, but still read by some clients
record LoginAnswer(
    String userId,
    String deviceId,
    String homeServer,
    String accessToken,
    @Nullable String refreshToken,
    @Nullable Long expiresInMs) {
  static LoginAnswer of(Login login) {
    Renewal renewal = login.tokens().renewal().orElse(null);
    return new LoginAnswer(
        login.user().value(),
        login.device().value(),
        login.user().server().value(),
        login.tokens().access().reveal(),
        renewal == null ? null : renewal.refresh().reveal(),
        renewal == null ? null : renewal.accessLifetime().toMillis());
  }

  @Override
  public String toString() {
    return "login of " + userId;
  }
}
