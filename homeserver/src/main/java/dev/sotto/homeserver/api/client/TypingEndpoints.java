package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.presence.Presence;
import dev.sotto.homeserver.typing.Typing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Typing notifications.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#typing-notifications
public final class TypingEndpoints {
  private record TypingState(Boolean typing, @Nullable Long timeout) {}

  private final Typing typing;
  private final Presence presence;

  public TypingEndpoints(Typing typing, Presence presence) {
    this.typing = typing;
    this.presence = presence;
  }

  public List<Route> routes() {
    return List.of(
        Route.put(
                "/_matrix/client/v3/rooms/{roomId}/typing/{userId}", Access.GUEST, this::setTyping)
            .withRate(Rate.ACTIVITY));
  }

  private Object setTyping(Request request) {
    OwnUser.require(request, "You cannot say that other users are typing.");
    TypingState state = request.body(TypingState.class);
    if (state.typing) {
      typing.start(request.user(), request.roomId(), timeout(state.timeout));
      presence.active(request.user());
    } else {
      typing.stop(request.user(), request.roomId());
    }
    return Map.of();
  }

  private static @Nullable Duration timeout(@Nullable Long millis) {
    return millis == null ? null : Duration.ofMillis(Math.max(0, millis));
  }
}
