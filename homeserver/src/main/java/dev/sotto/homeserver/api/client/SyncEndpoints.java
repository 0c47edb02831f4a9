package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.filters.Filter;
import dev.sotto.homeserver.filters.Filters;
import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Caller;
import dev.sotto.homeserver.http.JsonBody;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.journal.StreamToken;
import dev.sotto.homeserver.presence.PresenceState;
import dev.sotto.homeserver.sync.Sync;
import dev.sotto.homeserver.sync.SyncRequest;
import dev.sotto.homeserver.sync.SyncRequest.StateForm;
import java.time.Duration;
import java.util.List;

/// What is new for a device.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#syncing
public final class SyncEndpoints {
  private final Sync sync;
  private final Filters filters;

  public SyncEndpoints(Sync sync, Filters filters) {
    this.sync = sync;
    this.filters = filters;
  }

  public List<Route> routes() {
    return List.of(Route.get("/_matrix/client/v3/sync", Access.GUEST, this::sync));
  }

  private Object sync(Request request) {
    Caller caller = request.caller();
    Filter filter = filters.resolve(caller.user(), request.query("filter"));
    String since = request.query("since");
    SyncRequest asked =
        new SyncRequest(
            caller.user(),
            caller.device(),
            since == null ? null : StreamToken.parse("since", since),
            filter,
            request.queryFlag("full_state", false),
            form(request),
            Duration.ofMillis(request.queryNumber("timeout", 0)),
            presence(request));
    return (JsonBody) sync.answer(asked)::write;
  }

  private static PresenceState presence(Request request) {
    String presence = request.query("set_presence");
    return presence == null ? PresenceState.ONLINE : PresenceState.of(presence);
  }

  private static StateForm form(Request request) {
    if (request.queryFlag("use_state_after", false)) {
      return StateForm.AFTER;
    }
    return request.queryFlag("org.matrix.msc4222.use_state_after", false)
        ? StateForm.UNSTABLE_AFTER
        : StateForm.BEFORE;
  }
}
