package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.logins.Deactivations;
import dev.sotto.homeserver.uia.Stage;
import dev.sotto.protocol.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Ending an account.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#account-deactivation
public final class AccountDeactivationEndpoints {
  private record DeactivationBody(@Nullable Boolean erase) {}

  private final Deactivations deactivations;
  private final UserInteractiveAuth auth;

  public AccountDeactivationEndpoints(Deactivations deactivations, UserInteractiveAuth auth) {
    this.deactivations = deactivations;
    this.auth = auth;
  }

  public List<Route> routes() {
    return List.of(
        Route.post(
            "/_matrix/client/v3/account/deactivate", Access.OPTIONAL, this::deactivateAccount));
  }

  private Object deactivateAccount(Request request) {
    ObjectNode tree = request.optionalBodyObject();
    DeactivationBody body = Json.bind(tree, DeactivationBody.class);
    return switch (auth.prove(request, "deactivate account", Set.of(Stage.PASSWORD), tree)) {
      case UserInteractiveAuth.Result.Asked asked -> asked.response();
      case UserInteractiveAuth.Result.Passed passed -> {
        deactivations.deactivate(passed.proof().requireUser(), Boolean.TRUE.equals(body.erase));
        // Accounts here have no third-party identifiers, so none is left bound.
        yield Map.of("id_server_unbind_result", "success");
      }
    };
  }
}
