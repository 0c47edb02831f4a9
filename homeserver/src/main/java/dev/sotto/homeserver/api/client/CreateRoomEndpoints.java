package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.RateLimits;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.rooms.NewRoom;
import dev.sotto.homeserver.rooms.RoomCreation;
import java.util.List;
import java.util.Map;

/// Making rooms.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#creation
public final class CreateRoomEndpoints {
  private static final long BODY_LIMIT = 2 * 1024 * 1024;

  private final RoomCreation creation;
  private final RateLimits rates;

  public CreateRoomEndpoints(RoomCreation creation, RateLimits rates) {
    this.creation = creation;
    this.rates = rates;
  }

  public List<Route> routes() {
    return List.of(
        Route.post("/_matrix/client/v3/createRoom", Access.USER, this::createRoom)
            .withRate(Rate.JOIN)
            .withBodyLimit(BODY_LIMIT));
  }

  private Object createRoom(Request request) {
    NewRoom wish = request.body(NewRoom.class);
    int invitations = wish.invite() == null ? 0 : wish.invite().size();
    rates.take(Rate.INVITE, request.caller(), invitations);
    return Map.of("room_id", creation.create(request.user(), wish).id().value());
  }
}
