package dev.sotto.client;

import dev.sotto.client.http.Request;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Our own presence, which each sync states anew.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#presence
final class Presences {
  private final Calls calls;
  private final UserId self;
  private volatile Presence.@Nullable State own;

  Presences(Calls calls, UserId self) {
    this.calls = calls;
    this.self = self;
  }

  /// What the specification calls a state.
  static String key(Presence.State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  void set(Presence.State state, @Nullable String status) {
    own = state;
    ObjectNode body = Json.object().put("presence", key(state));
    if (status != null) {
      body.put("status_msg", status);
    }
    calls.send(
        Request.put("/_matrix/client/v3/presence/{}/status", self.value()).json(body).repeatable());
  }

  /// What each sync is to say of us: without it, it would make us be there.
  Optional<String> own() {
    return Optional.ofNullable(own).map(Presences::key);
  }
}
