package dev.sotto.client;

import dev.sotto.client.event.RoomEvent;
import dev.sotto.client.http.Request;
import dev.sotto.protocol.id.RoomId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Goes back through what has happened in a room, page by page, from its newest event.
///
/// What was encrypted comes decrypted, or as [dev.sotto.client.event.Undecryptable]. Not for
/// several threads.
public final class Timeline {
  private static final int MOST_OF_PAGE = 1000;
  private static final int MOST_EMPTY_PAGES = 10;

  private final Services services;
  private final RoomId room;
  private @Nullable String place;
  private boolean ended;

  Timeline(Services services, RoomId room) {
    this.services = services;
    this.room = room;
  }

  /// The next page backwards, newest first; empty at the room's beginning, or where what we may see
  /// begins.
  ///
  /// @param most how many events at most, 1 to 1000; there may be fewer though more will follow
  public List<RoomEvent> earlier(int most) {
    List<RoomEvent> events = new ArrayList<>();
    // A page may be empty though it is not the last: the server leaves out what we may not see.
    for (int page = 0; !ended && events.isEmpty() && page < MOST_EMPTY_PAGES; page++) {
      events.addAll(page(Math.clamp(most, 1, MOST_OF_PAGE)));
    }
    return events;
  }

  private List<RoomEvent> page(int most) {
    Request request =
        Request.get("/_matrix/client/v3/rooms/{}/messages", room.value())
            .query("dir", "b")
            .query("limit", Integer.toString(most));
    if (place != null) {
      request = request.query("from", place);
    }
    ObjectNode answer = services.calls().send(request);
    String end = answer.path("end").stringValue(null);
    ended = end == null || end.equals(place);
    place = end;
    return services.reader().readAll(room, answer.path("chunk"));
  }

  /// Whether there is nothing earlier.
  public boolean isAtBeginning() {
    return ended;
  }
}
