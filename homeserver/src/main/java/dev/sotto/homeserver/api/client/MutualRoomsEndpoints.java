package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.rooms.Memberships;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// The rooms that two users share.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mutual_rooms
public final class MutualRoomsEndpoints {
  private static final int PAGE = 500;

  private final Memberships memberships;

  public MutualRoomsEndpoints(Memberships memberships) {
    this.memberships = memberships;
  }

  public List<Route> routes() {
    return List.of(
        Route.get("/_matrix/client/v1/mutual_rooms", Access.USER, this::getMutualRooms),
        Route.get(
            "/_matrix/client/unstable/uk.half-shot.msc2666/user/mutual_rooms",
            Access.USER,
            this::getMutualRooms));
  }

  private Object getMutualRooms(Request request) {
    UserId other = new UserId(request.requireQuery("user_id"));
    if (other.equals(request.user())) {
      throw MatrixException.invalidParam("You share every room with yourself; name another user.");
    }
    long skip = request.queryNumber("from", 0);
    List<String> shared =
        memberships.joined(request.user()).stream()
            .filter(room -> room.state().isJoined(other))
            .map(room -> room.id().value())
            .sorted()
            .toList();
    ObjectNode answer = Json.object();
    var joined = answer.putArray("joined");
    shared.stream().skip(skip).limit(PAGE).forEach(joined::add);
    answer.put("count", shared.size());
    if (shared.size() > skip + PAGE) {
      answer.put("next_batch", Long.toString(skip + PAGE));
    }
    return answer;
  }
}
