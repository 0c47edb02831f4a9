package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.RoomAlias;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.List;

/// Networks behind bridges. No application service of this server offers any, so there is nothing
/// to be found in them.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#third-party-networks
public final class ThirdPartyLookupEndpoints {
  public List<Route> routes() {
    String path = "/_matrix/client/v3/thirdparty";
    return List.of(
        Route.get(path + "/protocols", Access.USER, this::getProtocols),
        Route.get(path + "/protocol/{protocol}", Access.USER, this::getProtocolMetadata),
        Route.get(path + "/location/{protocol}", Access.USER, this::queryLocationByProtocol),
        Route.get(path + "/user/{protocol}", Access.USER, this::queryUserByProtocol),
        Route.get(path + "/location", Access.USER, this::queryLocationByAlias),
        Route.get(path + "/user", Access.USER, this::queryUserById));
  }

  private Object getProtocols(Request request) {
    return Json.object();
  }

  private Object getProtocolMetadata(Request request) {
    throw unknownProtocol(request);
  }

  private Object queryLocationByProtocol(Request request) {
    throw unknownProtocol(request);
  }

  private Object queryUserByProtocol(Request request) {
    throw unknownProtocol(request);
  }

  private static MatrixException unknownProtocol(Request request) {
    return MatrixException.notFound(
        "This server knows no network of the protocol '" + request.path("protocol") + "'.");
  }

  private Object queryLocationByAlias(Request request) {
    RoomAlias alias = new RoomAlias(request.requireQuery("alias"));
    throw MatrixException.notFound(alias + " leads to no other network.");
  }

  private Object queryUserById(Request request) {
    UserId user = new UserId(request.requireQuery("userid"));
    throw MatrixException.notFound(user + " stands for nobody on another network.");
  }
}
