package dev.sotto.homeserver.keys;

import dev.sotto.homeserver.db.Dialect;
import dev.sotto.protocol.json.Json;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import tools.jackson.databind.node.ObjectNode;

/// The table `device_keys`.
final class DeviceKeyStore {
  private static final String OF_USERS =
      """
      SELECT k.user_number, k.device_id, k.json
      FROM UNNEST(CAST(:users AS BIGINT ARRAY)) AS u (number)
      JOIN device_keys k ON k.user_number = u.number
      """;
  private static final String DELETE =
      "DELETE FROM device_keys WHERE user_number = ? AND device_id = ?";

  private final String put;

  DeviceKeyStore(Dialect dialect) {
    put = dialect.upsert("device_keys", "user_number, device_id", "json");
  }

  /// The stored JSON of all devices of these users that have keys, by user and device.
  Map<Long, Map<String, String>> ofUsers(Handle handle, Collection<Long> users) {
    Map<Long, Map<String, String>> found = new HashMap<>();
    handle
        .createQuery(OF_USERS)
        .bindArray("users", Long.class, users)
        .map(
            (row, _) ->
                found
                    .computeIfAbsent(row.getLong(1), _ -> new HashMap<>())
                    .put(row.getString(2), row.getString(3)))
        .forEach(_ -> {});
    return found;
  }

  /// The keys of one user's devices, by device.
  Map<String, ObjectNode> ofUser(Handle handle, long user) {
    Map<String, ObjectNode> keys = new HashMap<>();
    ofUsers(handle, java.util.List.of(user))
        .getOrDefault(user, Map.of())
        .forEach((device, json) -> keys.put(device, Json.parseObject(json)));
    return keys;
  }

  void put(Handle handle, long user, String device, ObjectNode keys) {
    handle
        .createUpdate(put)
        .bind("user_number", user)
        .bind("device_id", device)
        .bind("json", keys.toString())
        .execute();
  }

  /// Whether there were any.
  boolean delete(Handle handle, long user, String device) {
    return handle.execute(DELETE, user, device) > 0;
  }
}
