package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.filters.Filters;
import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import java.util.List;

/// Filters, uploaded once and named by id afterwards.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#filtering
public final class FilterEndpoints {
  private record Defined(String filterId) {}

  private final Filters filters;

  public FilterEndpoints(Filters filters) {
    this.filters = filters;
  }

  public List<Route> routes() {
    String path = "/_matrix/client/v3/user/{userId}/filter";
    return List.of(
        Route.post(path, Access.GUEST, this::defineFilter).withRate(Rate.CHANGE),
        Route.get(path + "/{filterId}", Access.GUEST, this::getFilter));
  }

  private Object defineFilter(Request request) {
    OwnUser.require(request, "You cannot define filters for other users.");
    return new Defined(filters.define(request.user(), request.bodyObject()));
  }

  private Object getFilter(Request request) {
    OwnUser.require(request, "You cannot read the filters of other users.");
    return filters.definition(request.user(), request.path("filterId"));
  }
}
