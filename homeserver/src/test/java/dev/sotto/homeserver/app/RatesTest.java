package dev.sotto.homeserver.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sotto.homeserver.app.settings.SettingsLoader;
import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Route;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What users may write is counted against a rate, and what is not is known.
class RatesTest {
  private static final Set<Access> USERS = Set.of(Access.USER, Access.GUEST, Access.OPTIONAL);

  /// What takes something away, only reads, or asks for the password first.
  private static final Set<String> UNLIMITED =
      Set.of(
          "DELETE unstable/org.matrix.msc3814.v1/dehydrated_device",
          "DELETE v3/devices/{deviceId}",
          "POST unstable/org.matrix.msc3814.v1/dehydrated_device/{deviceId}/events",
          "POST v3/account/3pid",
          "POST v3/account/3pid/add",
          "POST v3/account/3pid/bind",
          "POST v3/account/3pid/delete",
          "POST v3/account/3pid/unbind",
          "POST v3/account/deactivate",
          "POST v3/account/password",
          "POST v3/delete_devices",
          "POST v3/keys/query",
          "POST v3/logout",
          "POST v3/logout/all",
          "POST v3/publicRooms",
          "POST v3/rooms/{roomId}/forget");

  @TempDir Path data;

  @Test
  void whateverUsersWriteIsLimited() throws Exception {
    Set<String> unlimited = new TreeSet<>();
    SettingsLoader settings = new SettingsLoader().flags(data.toString(), "0", null);
    try (Homeserver homeserver = new Homeserver(settings.load())) {
      for (Route route : homeserver.routes()) {
        if (!route.method().equals("GET")
            && USERS.contains(route.access())
            && route.rate() == null) {
          unlimited.add(
              route.method() + " " + route.template().replaceFirst("/_matrix/client/", ""));
        }
      }
    }
    assertEquals(new TreeSet<>(UNLIMITED), unlimited);
  }
}
