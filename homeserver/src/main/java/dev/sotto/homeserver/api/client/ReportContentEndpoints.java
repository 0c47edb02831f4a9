package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.accounts.Accounts;
import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.reports.Reports;
import dev.sotto.homeserver.reports.Subject;
import dev.sotto.homeserver.rooms.RoomServices;
import dev.sotto.protocol.error.MatrixException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Telling the administrators of rooms, events and users that should not be as they are.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#reporting-content
public final class ReportContentEndpoints {
  private record EventReport(@Nullable String reason) {}

  private record ReasonedReport(String reason) {}

  private final Reports reports;
  private final RoomServices rooms;
  private final Accounts accounts;

  public ReportContentEndpoints(Reports reports, RoomServices rooms, Accounts accounts) {
    this.reports = reports;
    this.rooms = rooms;
    this.accounts = accounts;
  }

  public List<Route> routes() {
    String room = "/_matrix/client/v3/rooms/{roomId}/report";
    String user = "/_matrix/client/v3/users/{userId}/report";
    return List.of(
        Route.post(room, Access.USER, this::reportRoom).withRate(Rate.CHANGE),
        Route.post(room + "/{eventId}", Access.USER, this::reportEvent).withRate(Rate.CHANGE),
        Route.post(user, Access.USER, this::reportUser).withRate(Rate.CHANGE));
  }

  private Object reportRoom(Request request) {
    ReasonedReport body = request.body(ReasonedReport.class);
    var room = rooms.rooms().require(request.roomId());
    reports.add(request.user(), new Subject.OfRoom(room.id()), body.reason);
    return Map.of();
  }

  private Object reportEvent(Request request) {
    EventReport body = request.body(EventReport.class);
    var event = rooms.access().event(request.roomId(), request.user(), request.eventId());
    if (!rooms.rooms().require(request.roomId()).state().isJoined(request.user())) {
      throw MatrixException.notFound("There is no such event here, or you may not see it.");
    }
    reports.add(request.user(), new Subject.OfEvent(request.roomId(), event.id()), body.reason);
    return Map.of();
  }

  private Object reportUser(Request request) {
    ReasonedReport body = request.body(ReasonedReport.class);
    if (accounts.find(request.userId()).isEmpty()) {
      throw MatrixException.notFound("There is no such user here.");
    }
    reports.add(request.user(), new Subject.OfUser(request.userId()), body.reason);
    return Map.of();
  }
}
