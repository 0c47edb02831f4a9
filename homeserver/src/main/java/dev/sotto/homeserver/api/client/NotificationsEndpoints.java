package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.journal.StreamToken;
import dev.sotto.homeserver.push.Notifications;
import dev.sotto.homeserver.rooms.EventView;
import dev.sotto.homeserver.rooms.RoomServices;
import dev.sotto.homeserver.rooms.StoredEvent;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What the user was told of.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#listing-notifications
public final class NotificationsEndpoints {
  private static final int DEFAULT_LIMIT = 20;

  private record Told(ArrayNode actions, ObjectNode event, boolean read, String roomId, long ts) {}

  private record Page(List<Told> notifications, @Nullable String nextToken) {}

  private final Notifications notifications;
  private final RoomServices rooms;

  public NotificationsEndpoints(Notifications notifications, RoomServices rooms) {
    this.notifications = notifications;
    this.rooms = rooms;
  }

  public List<Route> routes() {
    return List.of(
        Route.get("/_matrix/client/v3/notifications", Access.USER, this::getNotifications)
            .withRate(Rate.SEARCH));
  }

  private Object getNotifications(Request request) {
    long limit = request.queryNumber("limit", DEFAULT_LIMIT);
    if (limit == 0) {
      throw MatrixException.invalidParam("'limit' must be greater than 0.");
    }
    Notifications.Page page =
        notifications.list(
            request.user(),
            from(request),
            (int) Math.min(limit, Integer.MAX_VALUE),
            "highlight".equals(request.query("only")));
    Long next = page.next();
    return new Page(
        told(request, page.notifications()), next == null ? null : StreamToken.at(next).toString());
  }

  private static @Nullable Long from(Request request) {
    String from = request.query("from");
    return from == null ? null : StreamToken.parse("from", from).position();
  }

  private List<Told> told(Request request, List<Notifications.Notification> found) {
    Map<Long, ObjectNode> shown = new HashMap<>();
    List<StoredEvent> events =
        rooms.timeline().at(found.stream().map(one -> one.event().position()).toList());
    for (EventView view : rooms.views().of(RoomAnswers.viewer(request), events)) {
      shown.put(view.event().position(), Json.parseObject(view.bytes(false)));
    }
    List<Told> told = new ArrayList<>();
    for (Notifications.Notification one : found) {
      ObjectNode event = shown.get(one.event().position());
      if (event != null) {
        told.add(
            new Told(
                one.verdict().actions(),
                event,
                one.read(),
                rooms.rooms().byNumber(one.event().room()).id().value(),
                one.event().sentAt()));
      }
    }
    return told;
  }
}
