package dev.sotto.client;

import dev.sotto.client.event.Membership;
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

  private final AccountData account;
  private final Kept kept;
  private final CryptoStore store;
  private final KnownRooms rooms;

  Direct(AccountData account, Kept kept, CryptoStore store, KnownRooms rooms) {
    this.account = account;
    this.kept = kept;
    this.store = store;
    this.rooms = rooms;
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
    ObjectNode direct = account.get(TYPE).orElseGet(Json::object);
    ArrayNode ids =
        direct.get(user.value()) instanceof ArrayNode list ? list : direct.putArray(user.value());
    ids.add(room.value());
    account.put(TYPE, direct);
    store.apply(List.of(Kept.accountData(TYPE, direct)));
  }
}
