package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.directory.Aliases;
import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.protocol.id.RoomAlias;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.json.Json;
import java.util.List;

/// Aliases of rooms.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#room-aliases
public final class DirectoryEndpoints {
  private record Target(String roomId) {}

  private record Resolved(String roomId, List<String> servers) {}

  private record Local(List<String> aliases) {}

  private final Aliases aliases;
  private final ServerName server;

  public DirectoryEndpoints(Aliases aliases, ServerName server) {
    this.aliases = aliases;
    this.server = server;
  }

  public List<Route> routes() {
    String alias = "/_matrix/client/v3/directory/room/{roomAlias}";
    return List.of(
        Route.put(alias, Access.USER, this::setRoomAlias).withRate(Rate.CHANGE),
        Route.get(alias, Access.PUBLIC, this::getRoomIdByAlias),
        Route.delete(alias, Access.USER, this::deleteRoomAlias).withRate(Rate.CHANGE),
        Route.get("/_matrix/client/v3/rooms/{roomId}/aliases", Access.USER, this::getLocalAliases));
  }

  private Object setRoomAlias(Request request) {
    RoomId room = new RoomId(request.body(Target.class).roomId());
    aliases.set(alias(request), room, request.user(), request.caller().admin());
    return Json.object();
  }

  private Object getRoomIdByAlias(Request request) {
    return new Resolved(aliases.require(alias(request)).value(), List.of(server.value()));
  }

  private Object deleteRoomAlias(Request request) {
    aliases.delete(alias(request), request.user(), request.caller().admin());
    return Json.object();
  }

  private Object getLocalAliases(Request request) {
    return new Local(
        aliases.of(request.roomId(), request.user(), request.caller().admin()).stream()
            .map(RoomAlias::value)
            .toList());
  }

  private static RoomAlias alias(Request request) {
    return new RoomAlias(request.path("roomAlias"));
  }
}
