package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Route;
import dev.sotto.protocol.rules.RoomVersion;
import dev.sotto.protocol.rules.RoomVersions;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// What users of this server can do.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#capabilities-negotiation
public final class CapabilitiesEndpoints {
  private record Enabled(boolean enabled) {}

  private final Map<String, Object> answer;

  /// @param roomVersion the version of new rooms
  public CapabilitiesEndpoints(RoomVersion roomVersion) {
    Map<String, String> available =
        RoomVersions.all().stream().collect(Collectors.toMap(RoomVersion::id, _ -> "stable"));
    answer =
        Map.of(
            "capabilities",
            Map.of(
                "m.room_versions", Map.of("default", roomVersion.id(), "available", available),
                "m.change_password", new Enabled(true),
                "m.set_displayname", new Enabled(true),
                "m.set_avatar_url", new Enabled(true),
                "m.profile_fields", new Enabled(true),
                "m.3pid_changes", new Enabled(false),
                "m.get_login_token", new Enabled(true),
                "m.forget_forced_upon_leave", new Enabled(false)));
  }

  public List<Route> routes() {
    return List.of(
        Route.get("/_matrix/client/v3/capabilities", Access.GUEST, this::getCapabilities));
  }

  private Object getCapabilities(Request request) {
    return answer;
  }
}
