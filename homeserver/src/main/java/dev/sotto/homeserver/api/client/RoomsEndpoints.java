package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.appservices.Appservices;
import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Caller;
import dev.sotto.homeserver.http.JsonBody;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.journal.StreamToken;
import dev.sotto.homeserver.rooms.EventView;
import dev.sotto.homeserver.rooms.Membership;
import dev.sotto.homeserver.rooms.Room;
import dev.sotto.homeserver.rooms.RoomAccess;
import dev.sotto.homeserver.rooms.RoomServices;
import dev.sotto.homeserver.rooms.StoredEvent;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.event.StateKey;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Reading single events, state and members of rooms.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#getting-events-for-a-room
public final class RoomsEndpoints {
  private static final String ROOM = "/_matrix/client/v3/rooms/{roomId}";

  private final RoomServices services;
  private final Appservices appservices;

  public RoomsEndpoints(RoomServices services, Appservices appservices) {
    this.services = services;
    this.appservices = appservices;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(ROOM + "/event/{eventId}", Access.GUEST, this::getOneRoomEvent),
        Route.get(ROOM + "/state", Access.GUEST, this::getRoomState),
        Route.get(
            ROOM + "/state/{eventType}", Access.GUEST, request -> getRoomStateWithKey(request, "")),
        Route.get(
            ROOM + "/state/{eventType}/{stateKey}",
            Access.GUEST,
            request -> getRoomStateWithKey(request, request.path("stateKey"))),
        Route.get(ROOM + "/members", Access.GUEST, this::getMembersByRoom),
        Route.get(ROOM + "/joined_members", Access.GUEST, this::getJoinedMembersByRoom));
  }

  private Object getOneRoomEvent(Request request) {
    StoredEvent event =
        services.access().event(request.roomId(), request.user(), request.eventId());
    EventView view = services.views().of(RoomAnswers.viewer(request), event);
    return (JsonBody) view::write;
  }

  private Object getRoomState(Request request) {
    List<EventView> state = services.views().ofState(services.access().state(reading(request)));
    return (JsonBody) out -> RoomAnswers.array(out, state);
  }

  private Object getRoomStateWithKey(Request request, String stateKey) {
    boolean wholeEvent =
        switch (request.query("format")) {
          case null -> false;
          case "content" -> false;
          case "event" -> true;
          default -> throw MatrixException.invalidParam("'format' must be 'content' or 'event'.");
        };
    StateKey key = new StateKey(request.path("eventType"), stateKey);
    StoredEvent event =
        services
            .access()
            .state(reading(request), key)
            .orElseThrow(() -> MatrixException.notFound("The room has no such state."));
    return wholeEvent
        ? (JsonBody) services.views().ofState(List.of(event)).getFirst()::write
        : event.content();
  }

  private Object getMembersByRoom(Request request) {
    Membership only = membership(request, "membership");
    Membership not = membership(request, "not_membership");
    RoomAccess.Reading reading = reading(request);
    String at = request.query("at");
    long position =
        at == null
            ? reading.horizon()
            : Math.min(reading.horizon(), StreamToken.parse("at", at).position());
    Predicate<StoredEvent> wanted =
        event -> event.isMember() && matches(Membership.of(event), only, not);
    List<EventView> members =
        services
            .views()
            .ofState(
                services.timeline().stateAt(reading.room(), position).stream()
                    .filter(wanted)
                    .toList());
    return (JsonBody)
        out -> {
          out.writeStartObject();
          out.writeName("chunk");
          RoomAnswers.array(out, members);
          out.writeEndObject();
        };
  }

  /// Given both, a membership need be only one of them: the first, or other than the second.
  private static boolean matches(
      Membership membership, @Nullable Membership only, @Nullable Membership not) {
    return only == null && not == null || membership == only || not != null && membership != not;
  }

  private static @Nullable Membership membership(Request request, String parameter) {
    String name = request.query(parameter);
    Membership membership = Membership.named(name);
    if (name != null && membership == null) {
      throw MatrixException.invalidParam("'" + parameter + "' is no membership.");
    }
    return membership;
  }

  private Object getJoinedMembersByRoom(Request request) {
    Room room = services.access().entered(request.roomId());
    if (!hasSomebodyIn(room, request.caller())) {
      throw RoomAccess.notMember();
    }
    ObjectNode joined = Json.object();
    for (UserId user : room.state().joined()) {
      ObjectNode member = joined.putObject(user.value());
      String name = room.state().string(StateKey.member(user), "displayname");
      String avatar = room.state().string(StateKey.member(user), "avatar_url");
      if (name != null) {
        member.put("display_name", name);
      }
      if (avatar != null) {
        member.put("avatar_url", avatar);
      }
    }
    return Json.object().set("joined", joined);
  }

  /// An application service may ask if any of its users is in the room.
  ///
  /// @spec
  ///   https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3roomsroomidjoined_members
  private boolean hasSomebodyIn(Room room, Caller caller) {
    return room.state().isJoined(caller.user())
        || Optional.ofNullable(caller.appservice())
            .flatMap(appservices::byId)
            .map(service -> room.state().joined().stream().anyMatch(service::actsFor))
            .orElse(false);
  }

  private RoomAccess.Reading reading(Request request) {
    return services.access().reading(request.roomId(), request.user());
  }
}
