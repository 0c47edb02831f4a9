package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.rooms.MembershipChanges;
import dev.sotto.homeserver.rooms.Room;
import dev.sotto.homeserver.rooms.RoomPublication;
import dev.sotto.homeserver.rooms.RoomServices;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.RoomAlias;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Coming into rooms and leaving them: the operations of joining, inviting, knocking, leaving,
/// kicking, banning and list_joined_rooms.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#room-membership
public final class MembershipEndpoints {
  private static final String ROOM = "/_matrix/client/v3/rooms/{roomId}";

  private record Join(@Nullable String reason, @Nullable ObjectNode thirdPartySigned) {}

  private record ThirdPartySigned(
      String sender, String mxid, String token, ObjectNode signatures) {}

  private record Reason(@Nullable String reason) {}

  private record Target(String userId, @Nullable String reason) {}

  private final RoomServices services;
  private final MembershipChanges changes;
  private final RoomPublication publication;

  public MembershipEndpoints(
      RoomServices services, MembershipChanges changes, RoomPublication publication) {
    this.services = services;
    this.changes = changes;
    this.publication = publication;
  }

  public List<Route> routes() {
    return List.of(
        Route.get("/_matrix/client/v3/joined_rooms", Access.GUEST, this::getJoinedRooms),
        Route.post("/_matrix/client/v3/join/{roomIdOrAlias}", Access.GUEST, this::joinRoom)
            .withRate(Rate.JOIN),
        Route.post(ROOM + "/join", Access.GUEST, this::joinRoomById).withRate(Rate.JOIN),
        Route.post("/_matrix/client/v3/knock/{roomIdOrAlias}", Access.USER, this::knockRoom)
            .withRate(Rate.JOIN),
        Route.post(ROOM + "/invite", Access.USER, this::inviteUser).withRate(Rate.INVITE),
        Route.post(ROOM + "/leave", Access.GUEST, this::leaveRoom).withRate(Rate.MEMBERSHIP),
        Route.post(ROOM + "/forget", Access.GUEST, this::forgetRoom),
        Route.post(ROOM + "/kick", Access.USER, this::kick).withRate(Rate.MEMBERSHIP),
        Route.post(ROOM + "/ban", Access.USER, this::ban).withRate(Rate.MEMBERSHIP),
        Route.post(ROOM + "/unban", Access.USER, this::unban).withRate(Rate.MEMBERSHIP));
  }

  private Object getJoinedRooms(Request request) {
    return Map.of(
        "joined_rooms",
        services.memberships().joined(request.user()).stream()
            .map(room -> room.id().value())
            .toList());
  }

  private Object joinRoom(Request request) {
    return join(request, named(request));
  }

  private Object joinRoomById(Request request) {
    return join(request, services.rooms().require(request.roomId()));
  }

  private Object join(Request request, Room room) {
    Join join = request.optionalBody(Join.class);
    ObjectNode signed = join.thirdPartySigned();
    if (signed != null) {
      // The signature is over all of it, so it goes on as it is.
      Json.bind(signed, ThirdPartySigned.class);
    }
    changes.join(room, request.user(), join.reason(), signed);
    return Map.of("room_id", room.id().value());
  }

  private Object knockRoom(Request request) {
    Room room = named(request);
    changes.knock(room, request.user(), request.optionalBody(Reason.class).reason());
    return Map.of("room_id", room.id().value());
  }

  private Object inviteUser(Request request) {
    ObjectNode body = request.bodyObject();
    if (body.has("medium") || body.has("id_server")) {
      throw new MatrixException(
          ErrorCode.M_THREEPID_DENIED,
          "This server knows no identity server, so it cannot invite by e-mail or telephone.");
    }
    Target target = Json.bind(body, Target.class);
    changes.invite(entered(request), request.user(), new UserId(target.userId), target.reason);
    return Map.of();
  }

  private Object leaveRoom(Request request) {
    Room room = services.access().entered(request.roomId());
    changes.leave(room, request.user(), request.optionalBody(Reason.class).reason());
    return Map.of();
  }

  private Object forgetRoom(Request request) {
    services.rooms().find(request.roomId()).ifPresent(room -> changes.forget(room, request.user()));
    return Map.of();
  }

  private Object kick(Request request) {
    Target target = request.body(Target.class);
    changes.kick(entered(request), request.user(), new UserId(target.userId), target.reason);
    return Map.of();
  }

  private Object ban(Request request) {
    Target target = request.body(Target.class);
    changes.ban(entered(request), request.user(), new UserId(target.userId), target.reason);
    return Map.of();
  }

  private Object unban(Request request) {
    Target target = request.body(Target.class);
    changes.unban(entered(request), request.user(), new UserId(target.userId), target.reason);
    return Map.of();
  }

  /// The room of the path, which the caller must be in.
  private Room entered(Request request) {
    return services.access().joined(request.roomId(), request.user());
  }

  private Room named(Request request) {
    String name = request.path("roomIdOrAlias");
    if (!name.startsWith("#")) {
      return services.rooms().require(new RoomId(name));
    }
    return publication
        .resolve(new RoomAlias(name))
        .map(services.rooms()::require)
        .orElseThrow(() -> MatrixException.notFound("There is no room with this alias here."));
  }
}
