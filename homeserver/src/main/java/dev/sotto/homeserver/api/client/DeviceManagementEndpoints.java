package dev.sotto.homeserver.api.client;

import dev.sotto.homeserver.devices.Device;
import dev.sotto.homeserver.devices.DeviceChanges;
import dev.sotto.homeserver.devices.Devices;
import dev.sotto.homeserver.http.Access;
import dev.sotto.homeserver.http.Rate;
import dev.sotto.homeserver.http.Request;
import dev.sotto.homeserver.http.Response;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Seeing, naming and removing one's devices.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#device-management
public final class DeviceManagementEndpoints {
  private record ClientDevice(
      String deviceId,
      @Nullable String displayName,
      @Nullable String lastSeenIp,
      @Nullable Long lastSeenTs) {
    static ClientDevice of(Device device) {
      Device.Sighting seen = device.lastSeen();
      return new ClientDevice(
          device.id().value(),
          device.displayName(),
          seen == null ? null : seen.address(),
          seen == null ? null : seen.at().toEpochMilli());
    }
  }

  private record DeviceList(List<ClientDevice> devices) {}

  private record NameBody(@Nullable String displayName) {}

  private record DevicesBody(List<String> devices) {}

  private final Users users;
  private final Devices devices;
  private final DeviceChanges changes;
  private final UserInteractiveAuth auth;

  public DeviceManagementEndpoints(
      Users users, Devices devices, DeviceChanges changes, UserInteractiveAuth auth) {
    this.users = users;
    this.devices = devices;
    this.changes = changes;
    this.auth = auth;
  }

  public List<Route> routes() {
    String one = "/_matrix/client/v3/devices/{deviceId}";
    return List.of(
        Route.get("/_matrix/client/v3/devices", Access.GUEST, this::getDevices),
        Route.get(one, Access.GUEST, this::getDevice),
        Route.put(one, Access.GUEST, this::updateDevice).withRate(Rate.CHANGE),
        Route.delete(one, Access.USER, this::deleteDevice),
        Route.post("/_matrix/client/v3/delete_devices", Access.USER, this::deleteDevices));
  }

  private Object getDevices(Request request) {
    return new DeviceList(devices.list(number(request)).stream().map(ClientDevice::of).toList());
  }

  private Object getDevice(Request request) {
    return devices
        .find(number(request), deviceId(request))
        .map(ClientDevice::of)
        .orElseThrow(() -> MatrixException.notFound("You have no such device."));
  }

  private Object updateDevice(Request request) {
    NameBody body = request.body(NameBody.class);
    long user = number(request);
    DeviceId device = deviceId(request);
    if (request.caller().appservice() != null && changes.create(user, device, body.displayName)) {
      return Response.json(201, Map.of());
    }
    changes.rename(user, device, body.displayName);
    return Map.of();
  }

  private Object deleteDevice(Request request) {
    ObjectNode body = request.optionalBodyObject();
    DeviceId device = deviceId(request);
    Optional<Response> challenge = auth.challenge(request, "delete device " + device, body);
    if (challenge.isPresent()) {
      return challenge.get();
    }
    changes.remove(number(request), List.of(device));
    return Map.of();
  }

  private Object deleteDevices(Request request) {
    ObjectNode body = request.bodyObject();
    List<DeviceId> doomed =
        Json.bind(body, DevicesBody.class).devices.stream()
            .map(DeviceId::new)
            .distinct()
            .sorted()
            .toList();
    String operation =
        doomed.stream()
            .map(DeviceId::value)
            .collect(Collectors.joining("\n", "delete devices ", ""));
    Optional<Response> challenge = auth.challenge(request, operation, body);
    if (challenge.isPresent()) {
      return challenge.get();
    }
    changes.remove(number(request), doomed);
    return Map.of();
  }

  private long number(Request request) {
    return users.number(request.user());
  }

  private static DeviceId deviceId(Request request) {
    return new DeviceId(request.path("deviceId"));
  }
}
