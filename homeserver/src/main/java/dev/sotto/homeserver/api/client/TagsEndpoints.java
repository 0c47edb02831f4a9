package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.accountdata.Tags;
import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// The tags of a user's rooms.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#room-tagging
public final class TagsEndpoints {
  private record Tagged(ObjectNode tags) {}

  private final Tags tags;

  public TagsEndpoints(Tags tags) {
    this.tags = tags;
  }

  public List<Route> routes() {
    String path = "/_matrix/client/v3/user/{userId}/rooms/{roomId}/tags";
    return List.of(
        Route.get(path, Access.USER, this::getRoomTags),
        Route.put(path + "/{tag}", Access.USER, this::setRoomTag).withRate(Rate.CHANGE),
        Route.delete(path + "/{tag}", Access.USER, this::deleteRoomTag).withRate(Rate.CHANGE));
  }

  private Object getRoomTags(Request request) {
    requireOwn(request);
    return new Tagged(tags.of(request.user(), request.roomId()));
  }

  private Object setRoomTag(Request request) {
    requireOwn(request);
    tags.put(request.user(), request.roomId(), request.path("tag"), request.bodyObject());
    return Map.of();
  }

  private Object deleteRoomTag(Request request) {
    requireOwn(request);
    tags.delete(request.user(), request.roomId(), request.path("tag"));
    return Map.of();
  }

  private static void requireOwn(Request request) {
    OwnUser.require(request, "You can only see and change your own tags.");
  }
}
