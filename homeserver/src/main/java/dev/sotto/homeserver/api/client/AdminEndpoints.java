package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.accounts.Account;
import dev.sotto.homeserver.accounts.Accounts;
import dev.sotto.homeserver.devices.Device;
import dev.sotto.homeserver.devices.Devices;
import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.UserId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What administrators, and users about themselves, ask about an account.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#server-administration
public final class AdminEndpoints {
  private record Connection(String ip, long lastSeen) {}

  private record Session(List<Connection> connections) {}

  private record DeviceUse(List<Session> sessions) {
    static DeviceUse of(Device device) {
      Device.Sighting seen = device.lastSeen();
      return new DeviceUse(
          seen == null
              ? List.of()
              : List.of(
                  new Session(List.of(new Connection(seen.address(), seen.at().toEpochMilli())))));
    }
  }

  private record WhoIs(String userId, Map<String, DeviceUse> devices) {}

  private final Accounts accounts;
  private final Devices devices;

  public AdminEndpoints(Accounts accounts, Devices devices) {
    this.accounts = accounts;
    this.devices = devices;
  }

  public List<Route> routes() {
    return List.of(
        Route.get("/_matrix/client/v3/admin/whois/{userId}", Access.USER, this::getWhoIs));
  }

  private Object getWhoIs(Request request) {
    UserId user = request.userId();
    if (!request.caller().admin() && !user.equals(request.user())) {
      throw MatrixException.forbidden("Only administrators may ask this about others.");
    }
    Account account =
        accounts
            .find(user)
            .orElseThrow(() -> MatrixException.notFound("There is no such user here."));
    Map<String, DeviceUse> uses = new LinkedHashMap<>();
    devices
        .list(account.number())
        .forEach(device -> uses.put(device.id().value(), DeviceUse.of(device)));
    return new WhoIs(user.value(), uses);
  }
}
