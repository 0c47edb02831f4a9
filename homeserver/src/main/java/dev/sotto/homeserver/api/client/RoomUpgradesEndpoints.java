package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.rooms.Room;
import dev.sotto.homeserver.rooms.RoomUpgrades;
import dev.sotto.homeserver.rooms.Rooms;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Replacing a room by one of another version.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#room-upgrades
public final class RoomUpgradesEndpoints {
  private record Upgrade(String newVersion, @Nullable List<String> additionalCreators) {}

  private final Rooms rooms;
  private final RoomUpgrades upgrades;

  public RoomUpgradesEndpoints(Rooms rooms, RoomUpgrades upgrades) {
    this.rooms = rooms;
    this.upgrades = upgrades;
  }

  public List<Route> routes() {
    return List.of(
        Route.post("/_matrix/client/v3/rooms/{roomId}/upgrade", Access.USER, this::upgradeRoom)
            .withRate(Rate.JOIN));
  }

  private Object upgradeRoom(Request request) {
    Upgrade wish = request.body(Upgrade.class);
    List<String> creators =
        wish.additionalCreators() == null ? List.of() : wish.additionalCreators();
    Room next =
        upgrades.upgrade(
            rooms.require(request.roomId()), request.user(), wish.newVersion(), creators);
    return Map.of("replacement_room", next.id().value());
  }
}
