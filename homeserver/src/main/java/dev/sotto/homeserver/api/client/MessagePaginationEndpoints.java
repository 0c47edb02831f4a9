package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.filters.RoomEventFilter;
import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.JsonBody;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.StreamToken;
import dev.sotto.homeserver.rooms.EventView;
import dev.sotto.homeserver.rooms.Pages;
import dev.sotto.homeserver.rooms.RoomAccess;
import dev.sotto.homeserver.rooms.RoomServices;
import dev.sotto.homeserver.rooms.StoredEvent;
import java.util.Collection;
import java.util.List;

/// Paging through a room's messages.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3roomsroomidmessages
public final class MessagePaginationEndpoints {
  private static final int DEFAULT_LIMIT = 10;

  private final RoomServices services;
  private final Journal journal;

  public MessagePaginationEndpoints(RoomServices services, Journal journal) {
    this.services = services;
    this.journal = journal;
  }

  public List<Route> routes() {
    return List.of(
        Route.get("/_matrix/client/v3/rooms/{roomId}/messages", Access.GUEST, this::getRoomEvents));
  }

  private Object getRoomEvents(Request request) {
    boolean backwards = RoomAnswers.backwards(request.query("dir"));
    long head = journal.head();
    long from = RoomAnswers.position(request, "from", backwards ? head : 0);
    long to = RoomAnswers.position(request, "to", backwards ? 0 : head);
    RoomEventFilter filter = RoomAnswers.filter(request);
    int limit = RoomAnswers.limit(request, filter.limit(DEFAULT_LIMIT));
    RoomAccess.Reading reading = services.access().reading(request.roomId(), request.user());
    Pages.Page page =
        services
            .pages()
            .read(
                reading,
                new Pages.Wanted(
                    backwards, Math.min(from, head), Math.min(to, head), limit, filter));
    List<EventView> events = services.views().of(RoomAnswers.viewer(request), page.events());
    List<EventView> members = services.views().ofState(members(reading, page, filter));
    String start = request.query("from");
    return (JsonBody)
        out -> {
          out.writeStartObject();
          RoomAnswers.array(out, "chunk", events);
          out.writeStringProperty(
              "start", start == null ? StreamToken.at(Math.min(from, head)).toString() : start);
          RoomAnswers.token(out, "end", page.end());
          if (!members.isEmpty()) {
            RoomAnswers.array(out, "state", members);
          }
          out.writeEndObject();
        };
  }

  /// Where members are loaded lazily, who the senders were at the newest event of the page.
  private Collection<StoredEvent> members(
      RoomAccess.Reading reading, Pages.Page page, RoomEventFilter filter) {
    if (!filter.lazyLoadMembers()) {
      return List.of();
    }
    long newest = page.events().stream().mapToLong(StoredEvent::position).max().orElse(0);
    return services.pages().senders(reading.room(), page.events(), newest);
  }
}
