package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.JsonBody;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.rooms.EventView;
import dev.sotto.homeserver.rooms.Pages;
import dev.sotto.homeserver.rooms.RoomAccess;
import dev.sotto.homeserver.rooms.RoomServices;
import dev.sotto.protocol.error.MatrixException;
import java.util.List;

/// The threads of a room.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#querying-threads-in-a-room
public final class ThreadsListEndpoints {
  private static final int DEFAULT_LIMIT = 10;
  private static final int MAX_LIMIT = 100;

  private final RoomServices services;

  public ThreadsListEndpoints(RoomServices services) {
    this.services = services;
  }

  public List<Route> routes() {
    return List.of(
        Route.get("/_matrix/client/v1/rooms/{roomId}/threads", Access.USER, this::getThreadRoots));
  }

  private Object getThreadRoots(Request request) {
    boolean participatedOnly =
        switch (request.query("include")) {
          case null -> false;
          case "all" -> false;
          case "participated" -> true;
          default ->
              throw MatrixException.invalidParam("'include' must be 'all' or 'participated'.");
        };
    long from = RoomAnswers.position(request, "from", Long.MAX_VALUE);
    if (request.queryNumber("limit", DEFAULT_LIMIT) == 0) {
      throw MatrixException.invalidParam("'limit' must be greater than zero.");
    }
    int limit = Math.min(RoomAnswers.limit(request, DEFAULT_LIMIT), MAX_LIMIT);
    RoomAccess.Reading reading = services.access().reading(request.roomId(), request.user());
    Pages.Page page = services.relations().threads(reading, participatedOnly, from, limit);
    List<EventView> views = services.views().of(RoomAnswers.viewer(request), page.events());
    return (JsonBody)
        out -> {
          out.writeStartObject();
          RoomAnswers.array(out, "chunk", views);
          RoomAnswers.token(out, "next_batch", page.end());
          out.writeEndObject();
        };
  }
}
