package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.filters.RoomEventFilter;
import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.JsonBody;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.rooms.EventView;
import dev.sotto.homeserver.rooms.EventViews;
import dev.sotto.homeserver.rooms.Pages;
import dev.sotto.homeserver.rooms.Room;
import dev.sotto.homeserver.rooms.RoomAccess;
import dev.sotto.homeserver.rooms.RoomServices;
import dev.sotto.homeserver.rooms.StoredEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// What was said around an event.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#event-context
public final class EventContextEndpoints {
  private static final int DEFAULT_LIMIT = 10;

  private final RoomServices services;

  public EventContextEndpoints(RoomServices services) {
    this.services = services;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(
            "/_matrix/client/v3/rooms/{roomId}/context/{eventId}",
            Access.GUEST,
            this::getEventContext));
  }

  private Object getEventContext(Request request) {
    RoomAccess.Reading reading = services.access().reading(request.roomId(), request.user());
    StoredEvent event =
        services.access().event(request.roomId(), request.user(), request.eventId());
    RoomEventFilter filter = RoomAnswers.filter(request);
    int limit = RoomAnswers.limit(request, DEFAULT_LIMIT);
    Pages.Context context = services.pages().around(reading, event, limit, filter);
    EventViews.Viewer viewer = RoomAnswers.viewer(request);
    EventView itself = services.views().of(viewer, event);
    List<EventView> before = services.views().of(viewer, context.before().events());
    List<EventView> after = services.views().of(viewer, context.after().events());
    List<EventView> state = services.views().ofState(state(reading.room(), context, filter));
    return (JsonBody)
        out -> {
          out.writeStartObject();
          RoomAnswers.token(out, "start", context.start());
          RoomAnswers.token(out, "end", context.end());
          RoomAnswers.array(out, "events_before", before);
          out.writeName("event");
          itself.write(out);
          RoomAnswers.array(out, "events_after", after);
          RoomAnswers.array(out, "state", state);
          out.writeEndObject();
        };
  }

  /// The state after the last event, of the members only those who speak where they are loaded
  /// lazily.
  private Collection<StoredEvent> state(Room room, Pages.Context context, RoomEventFilter filter) {
    List<StoredEvent> state = new ArrayList<>(services.timeline().stateAt(room, context.stateAt()));
    if (filter.lazyLoadMembers()) {
      List<StoredEvent> speaking = new ArrayList<>(context.before().events());
      speaking.add(context.event());
      speaking.addAll(context.after().events());
      state.removeIf(StoredEvent::isMember);
      state.addAll(services.pages().senders(room, speaking, context.stateAt()));
    }
    state.removeIf(event -> !Pages.wants(filter, room, event));
    return state;
  }
}
