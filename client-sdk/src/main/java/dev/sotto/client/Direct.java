package dev.sotto.client;

import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.event.Membership;
import dev.sotto.client.http.Request;
import dev.sotto.client.store.CryptoStore;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Which rooms are for talking to one person.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#mdirect
final class Direct {
  static final String TYPE = "m.direct";
  private static final String PATH = "/_matrix/client/v3/user/{}/account_data/{}";

  private final Calls calls;
  private final Kept kept;
  private final CryptoStore store;
  private final KnownRooms rooms;
  private final UserId self;

  Direct(Calls calls, Kept kept, CryptoStore store, KnownRooms rooms, UserId self) {
    this.calls = calls;
    this.kept = kept;
    this.store = store;
    this.rooms = rooms;
    this.self = self;
  }

  boolean isDirect(RoomId room) {
    return kept.accountData(TYPE)
        .map(
            direct -> {
              for (JsonNode list : direct) {
                for (JsonNode id : list) {
                  if (room.value().equals(id.stringValue(null))) {
                    return true;
                  }
                }
              }
              return false;
            })
        .orElse(false);
  }

  /// The room in which we talk to this user.
  Optional<RoomId> find(UserId user) {
    JsonNode ids = kept.accountData(TYPE).orElseGet(Json::object).path(user.value());
    for (JsonNode id : ids) {
      try {
        RoomId room = new RoomId(id.stringValue(""));
        if (rooms.facts(room).membership() == Membership.JOIN) {
          return Optional.of(room);
        }
      } catch (MatrixException _) {
        // Another program has left something else there.
      }
    }
    return Optional.empty();
  }

  /// Notes that a room is for talking to this user. Two devices that note something at the same
  /// time may lose one of the notes: the server only takes all of them at once.
  void add(UserId user, RoomId room) {
    ObjectNode direct = fetch();
    ArrayNode ids =
        direct.get(user.value()) instanceof ArrayNode list ? list : direct.putArray(user.value());
    ids.add(room.value());
    calls.send(Request.put(PATH, self.value(), TYPE).json(direct).repeatable());
    store.apply(List.of(Kept.accountData(TYPE, direct)));
  }

  private ObjectNode fetch() {
    try {
      return calls.send(Request.get(PATH, self.value(), TYPE));
    } catch (MatrixRequestException e) {
      if ("M_NOT_FOUND".equals(e.errcode())) {
        return Json.object();
      }
      throw e;
    }
  }
}
