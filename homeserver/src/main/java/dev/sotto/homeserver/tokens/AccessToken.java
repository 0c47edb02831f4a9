package dev.sotto.homeserver.tokens;

import dev.sotto.protocol.id.DeviceId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What is known of an access token.
///
/// @param user the number of its user
/// @param expiresAt when it ends, or null if it does not
/// @param supersedes the refresh token that ends when this token is first used, or null
public record AccessToken(
    TokenHash hash,
    long user,
    DeviceId device,
    @Nullable Instant expiresAt,
    @Nullable TokenHash supersedes) {

  boolean expired(Instant now) {
    return expiresAt != null && !now.isBefore(expiresAt);
  }
}
