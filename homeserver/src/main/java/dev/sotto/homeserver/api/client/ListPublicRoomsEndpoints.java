package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.directory.PublicRooms;
import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.json.Json;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The list of public rooms, and which rooms are in it.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#published-room-directory
public final class ListPublicRoomsEndpoints {
  private static final String PUBLIC = "public";
  private static final String PRIVATE = "private";

  private record Visibility(String visibility) {}

  private record WantedVisibility(@Nullable String visibility) {}

  private record Filter(@Nullable String genericSearchTerm, @Nullable List<JsonNode> roomTypes) {}

  private record Query(
      @Nullable Long limit,
      @Nullable String since,
      @Nullable Filter filter,
      @Nullable Boolean includeAllNetworks,
      @Nullable String thirdPartyInstanceId) {}

  private final PublicRooms rooms;
  private final ServerName server;

  public ListPublicRoomsEndpoints(PublicRooms rooms, ServerName server) {
    this.rooms = rooms;
    this.server = server;
  }

  public List<Route> routes() {
    String room = "/_matrix/client/v3/directory/list/room/{roomId}";
    String list = "/_matrix/client/v3/publicRooms";
    return List.of(
        Route.get(room, Access.PUBLIC, this::getRoomVisibilityOnDirectory),
        Route.put(room, Access.USER, this::setRoomVisibilityOnDirectory).withRate(Rate.CHANGE),
        Route.get(list, Access.PUBLIC, this::getPublicRooms),
        Route.post(list, Access.USER, this::queryPublicRooms));
  }

  private Object getRoomVisibilityOnDirectory(Request request) {
    return new Visibility(rooms.isListed(request.roomId()) ? PUBLIC : PRIVATE);
  }

  private Object setRoomVisibilityOnDirectory(Request request) {
    String wanted = request.optionalBody(WantedVisibility.class).visibility();
    rooms.setListed(request.roomId(), request.user(), request.caller().admin(), isPublic(wanted));
    return Json.object();
  }

  /// Whether a visibility, public if it is not named, means to be listed.
  static boolean isPublic(@Nullable String visibility) {
    return switch (Objects.requireNonNullElse(visibility, PUBLIC)) {
      case PUBLIC -> true;
      case PRIVATE -> false;
      default -> throw MatrixException.invalidParam("'visibility' must be public or private.");
    };
  }

  private Object getPublicRooms(Request request) {
    requireOwn(request);
    return rooms.page(
        new PublicRooms.Query(
            request.queryNumber("limit", 0), request.query("since"), null, null, null, false));
  }

  private Object queryPublicRooms(Request request) {
    requireOwn(request);
    Query query = request.optionalBody(Query.class);
    long limit = query.limit() == null ? 0 : query.limit();
    boolean everywhere = Boolean.TRUE.equals(query.includeAllNetworks());
    if (limit < 0 || everywhere && query.thirdPartyInstanceId() != null) {
      throw MatrixException.invalidParam(
          "'limit' must not be negative, and 'third_party_instance_id' names one network where"
              + " 'include_all_networks' wants all.");
    }
    Filter filter = query.filter();
    return rooms.page(
        new PublicRooms.Query(
            limit,
            query.since(),
            filter == null ? null : filter.genericSearchTerm(),
            filter == null ? null : types(filter.roomTypes()),
            query.thirdPartyInstanceId(),
            everywhere));
  }

  /// The types as a set, in which "" stands for rooms without one.
  private static @Nullable Set<String> types(@Nullable List<JsonNode> types) {
    if (types == null) {
      return null;
    }
    Set<String> named = new HashSet<>();
    for (JsonNode type : types) {
      if (!type.isString() && !type.isNull()) {
        throw MatrixException.badJson("'room_types' must hold strings and nulls.");
      }
      named.add(type.stringValue(""));
    }
    return named;
  }

  /// Other servers' lists cannot be asked for: this server talks to none.
  private void requireOwn(Request request) {
    String wanted = request.query("server");
    if (wanted != null && !wanted.equals(server.value())) {
      throw MatrixException.notFound("The list of rooms of " + wanted + " cannot be reached.");
    }
  }
}
