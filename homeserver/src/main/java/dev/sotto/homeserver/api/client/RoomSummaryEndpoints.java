package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Caller;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.rooms.RoomPublication;
import dev.sotto.homeserver.rooms.RoomSummaries;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.RoomAlias;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.List;

/// What a room is, before one joins it.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#room-summary-api
public final class RoomSummaryEndpoints {
  private final RoomSummaries summaries;
  private final RoomPublication publication;

  public RoomSummaryEndpoints(RoomSummaries summaries, RoomPublication publication) {
    this.summaries = summaries;
    this.publication = publication;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(
            "/_matrix/client/v1/room_summary/{roomIdOrAlias}",
            Access.OPTIONAL,
            this::getRoomSummary),
        // Where clients looked for it before it was part of the specification.
        Route.get(
            "/_matrix/client/unstable/im.nheko.summary/summary/{roomIdOrAlias}",
            Access.OPTIONAL,
            this::getRoomSummary),
        Route.get(
            "/_matrix/client/unstable/im.nheko.summary/rooms/{roomIdOrAlias}/summary",
            Access.OPTIONAL,
            this::getRoomSummary));
  }

  private Object getRoomSummary(Request request) {
    String name = request.path("roomIdOrAlias");
    RoomId room =
        name.startsWith("#")
            ? publication
                .resolve(new RoomAlias(name))
                .orElseThrow(
                    () -> MatrixException.notFound("There is no room with this alias here."))
            : new RoomId(name);
    Caller caller = request.optionalCaller();
    UserId user = caller == null ? null : caller.user();
    return summaries.summary(room, user);
  }
}
