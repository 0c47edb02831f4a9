package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.rooms.Room;
import dev.sotto.homeserver.rooms.RoomAccess;
import dev.sotto.homeserver.rooms.RoomUpgrades;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Replacing a room by one of another version.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#room-upgrades
public final class RoomUpgradesEndpoints {
  private record Upgrade(String newVersion, @Nullable List<String> additionalCreators) {}

  private final RoomAccess access;
  private final RoomUpgrades upgrades;

  public RoomUpgradesEndpoints(RoomAccess access, RoomUpgrades upgrades) {
    this.access = access;
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
    Room old = access.joined(request.roomId(), request.user());
    Room next = upgrades.upgrade(old, request.user(), wish.newVersion(), creators);
    return Map.of("replacement_room", next.id().value());
  }
}
