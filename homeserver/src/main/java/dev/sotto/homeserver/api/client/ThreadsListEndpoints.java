package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.JsonBody;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.rooms.EventView;
import dev.sotto.homeserver.rooms.Relations.ThreadActivity;
import dev.sotto.homeserver.rooms.Room;
import dev.sotto.homeserver.rooms.RoomAccess;
import dev.sotto.homeserver.rooms.RoomServices;
import dev.sotto.homeserver.rooms.StoredEvent;
import dev.sotto.protocol.error.MatrixException;
import java.util.ArrayList;
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
    int limit = Math.clamp(RoomAnswers.limit(request, DEFAULT_LIMIT), 1, MAX_LIMIT);
    Room room = services.rooms().require(request.roomId());
    RoomAccess.Reading reading = services.access().reading(room, request.user());
    List<ThreadActivity> threads =
        services.relations().threads(room, participatedOnly ? request.user() : null, from, limit);
    List<StoredEvent> roots = new ArrayList<>();
    for (ThreadActivity thread : threads) {
      services.timeline().event(room, thread.root()).filter(reading.sees()).ifPresent(roots::add);
    }
    List<EventView> views = services.views().of(RoomAnswers.viewer(request), roots);
    Long next = threads.size() < limit ? null : threads.getLast().latest() - 1;
    return (JsonBody)
        out -> {
          out.writeStartObject();
          RoomAnswers.array(out, "chunk", views);
          RoomAnswers.token(out, "next_batch", next);
          out.writeEndObject();
        };
  }
}
