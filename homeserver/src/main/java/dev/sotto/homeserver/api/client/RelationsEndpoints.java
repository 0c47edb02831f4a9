package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.JsonBody;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.rooms.EventView;
import dev.sotto.homeserver.rooms.Pages;
import dev.sotto.homeserver.rooms.Relations;
import dev.sotto.homeserver.rooms.RoomAccess;
import dev.sotto.homeserver.rooms.RoomServices;
import dev.sotto.homeserver.rooms.StoredEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What points at an event.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#relationships-api
public final class RelationsEndpoints {
  private static final String PATH = "/_matrix/client/v1/rooms/{roomId}/relations/{eventId}";
  private static final int DEFAULT_LIMIT = 5;
  private static final int MAX_LIMIT = 100;

  private final RoomServices services;

  public RelationsEndpoints(RoomServices services) {
    this.services = services;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(PATH, Access.USER, r -> getRelatingEvents(r, null, null)),
        Route.get(
            PATH + "/{relType}", Access.USER, r -> getRelatingEvents(r, r.path("relType"), null)),
        Route.get(
            PATH + "/{relType}/{eventType}",
            Access.USER,
            r -> getRelatingEvents(r, r.path("relType"), r.path("eventType"))));
  }

  private Object getRelatingEvents(
      Request request, @Nullable String relType, @Nullable String eventType) {
    String dir = request.query("dir");
    boolean backwards = dir == null || RoomAnswers.backwards(dir);
    boolean recurse = request.queryFlag("recurse", false);
    long from = RoomAnswers.position(request, "from", backwards ? Long.MAX_VALUE : 0);
    long to = RoomAnswers.position(request, "to", backwards ? 0 : Long.MAX_VALUE);
    int limit = Math.clamp(RoomAnswers.limit(request, DEFAULT_LIMIT), 1, MAX_LIMIT);
    RoomAccess.Reading reading = services.access().reading(request.roomId(), request.user());
    StoredEvent target =
        services.access().event(request.roomId(), request.user(), request.eventId());
    Pages.Page page =
        services
            .relations()
            .pointingAt(
                reading,
                target.id(),
                new Relations.Wanted(relType, eventType, backwards, from, to, limit, recurse));
    List<EventView> events = services.views().of(RoomAnswers.viewer(request), page.events());
    return (JsonBody)
        out -> {
          out.writeStartObject();
          RoomAnswers.array(out, "chunk", events);
          RoomAnswers.token(out, "next_batch", page.end());
          String start = request.query("from");
          if (start != null) {
            out.writeStringProperty("prev_batch", start);
          }
          if (recurse) {
            out.writeNumberProperty("recursion_depth", Relations.MAX_DEPTH);
          }
          out.writeEndObject();
        };
  }
}
