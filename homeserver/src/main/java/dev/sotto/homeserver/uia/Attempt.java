package dev.sotto.homeserver.uia;

import dev.sotto.protocol.id.UserId;
import org.jspecify.annotations.Nullable;

/// What a client shows in the `auth` of a request.
///
/// @param session the session it was given, or null; clients may answer before they were asked
/// @param type the stage it answers, or null
/// @param user whose password it shows, or null for the owner of the access token
/// @param token the registration token it shows
public record Attempt(
    @Nullable String session,
    @Nullable String type,
    @Nullable UserId user,
    @Nullable String password,
    @Nullable String token) {
  @Override
  public String toString() {
    return "attempt of " + type;
  }
}
