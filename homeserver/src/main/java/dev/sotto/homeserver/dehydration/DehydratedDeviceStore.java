package dev.sotto.homeserver.dehydration;

import dev.sotto.homeserver.db.Dialect;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.json.Json;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import tools.jackson.databind.node.ObjectNode;

/// The table `dehydrated_devices`.
final class DehydratedDeviceStore {
  private static final String FIND =
      "SELECT device_id, device_data FROM dehydrated_devices WHERE user_number = ?";
  private static final String DELETE =
      "DELETE FROM dehydrated_devices WHERE user_number = ? AND device_id = ?";

  private final String put;

  DehydratedDeviceStore(Dialect dialect) {
    put = dialect.upsert("dehydrated_devices", "user_number", "device_id, device_data");
  }

  Optional<DehydratedDevice> find(Handle handle, long user) {
    return handle
        .select(FIND, user)
        .map(
            (row, _) ->
                new DehydratedDevice(
                    new DeviceId(row.getString(1)), Json.parseObject(row.getString(2))))
        .findOne();
  }

  void put(Handle handle, long user, DeviceId device, ObjectNode data) {
    handle
        .createUpdate(put)
        .bind("user_number", user)
        .bind("device_id", device.value())
        .bind("device_data", data.toString())
        .execute();
  }

  void delete(Handle handle, long user, DeviceId device) {
    handle.execute(DELETE, user, device.value());
  }
}
