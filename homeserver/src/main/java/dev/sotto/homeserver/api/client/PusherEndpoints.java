package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.pushers.Pusher;
import dev.sotto.homeserver.pushers.Pushers;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.json.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Where users are told of events while their clients sleep.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3pushers
public final class PusherEndpoints {
  private record Listed(List<Pusher> pushers) {}

  private record Key(String appId, String pushkey) {}

  private record Options(@Nullable Boolean append) {}

  private final Pushers pushers;

  public PusherEndpoints(Pushers pushers) {
    this.pushers = pushers;
  }

  public List<Route> routes() {
    return List.of(
        Route.get("/_matrix/client/v3/pushers", Access.USER, this::getPushers),
        Route.post("/_matrix/client/v3/pushers/set", Access.USER, this::postPusher)
            .withRate(Rate.CHANGE));
  }

  private Object getPushers(Request request) {
    return new Listed(pushers.of(request.user()));
  }

  private Object postPusher(Request request) {
    ObjectNode body = request.bodyObject();
    JsonNode kind = body.get("kind");
    if (kind == null) {
      throw new MatrixException(ErrorCode.M_MISSING_PARAM, "The member 'kind' is missing.");
    }
    if (kind.isNull()) {
      Key key = Json.bind(body, Key.class);
      pushers.delete(request.user(), key.appId, key.pushkey);
    } else {
      boolean append = Boolean.TRUE.equals(Json.bind(body, Options.class).append);
      Pusher pusher = Json.bind(body, Pusher.class);
      pushers.set(request.user(), request.caller().device(), pusher, append);
    }
    return Map.of();
  }
}
