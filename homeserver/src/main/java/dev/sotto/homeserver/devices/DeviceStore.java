package dev.sotto.homeserver.devices;

import dev.sotto.homeserver.devices.Device.Sighting;
import dev.sotto.protocol.id.DeviceId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The table `devices`.
final class DeviceStore {
  private static final String SELECT =
      "SELECT device_id, display_name, last_seen_at, last_seen_ip FROM devices";
  private static final String ONE = " WHERE user_number = ? AND device_id = ?";
  private static final String OF_USER = SELECT + " WHERE user_number = ? ORDER BY device_id";
  private static final String OF_USERS =
      """
      SELECT d.user_number, d.device_id, d.display_name
      FROM UNNEST(CAST(:users AS BIGINT ARRAY)) AS u (number)
      JOIN devices d ON d.user_number = u.number
      """;
  private static final String COUNT = "SELECT COUNT(*) FROM devices WHERE user_number = ?";
  private static final String INSERT =
      "INSERT INTO devices (user_number, device_id, display_name, created_at) VALUES (?, ?, ?, ?)";
  private static final String RENAME = "UPDATE devices SET display_name = ?" + ONE;
  private static final String SEEN = "UPDATE devices SET last_seen_at = ?, last_seen_ip = ?" + ONE;

  List<Device> list(Handle handle, long user) {
    return handle.select(OF_USER, user).map((row, _) -> device(row)).list();
  }

  Map<Long, Map<DeviceId, Optional<String>>> ofAll(Handle handle, Collection<Long> users) {
    Map<Long, Map<DeviceId, Optional<String>>> found = new HashMap<>();
    handle
        .createQuery(OF_USERS)
        .bindArray("users", Long.class, users)
        .map(
            (row, _) ->
                found
                    .computeIfAbsent(row.getLong(1), _ -> new HashMap<>())
                    .put(new DeviceId(row.getString(2)), Optional.ofNullable(row.getString(3))))
        .forEach(_ -> {});
    return found;
  }

  Optional<Device> find(Handle handle, long user, DeviceId id) {
    return handle.select(SELECT + ONE, user, id.value()).map((row, _) -> device(row)).findOne();
  }

  long count(Handle handle, long user) {
    return handle.select(COUNT, user).mapTo(Long.class).one();
  }

  void insert(Handle handle, long user, DeviceId id, @Nullable String name, Instant now) {
    handle.execute(INSERT, user, id.value(), name, now.toEpochMilli());
  }

  /// Whether there is such a device, which now has another name.
  boolean rename(Handle handle, long user, DeviceId id, String name) {
    return handle.execute(RENAME, name, user, id.value()) > 0;
  }

  void seen(Handle handle, long user, DeviceId id, Sighting sighting) {
    handle.execute(SEEN, sighting.at().toEpochMilli(), sighting.address(), user, id.value());
  }

  /// Whether there was such a device.
  boolean delete(Handle handle, long user, DeviceId id) {
    return handle.execute("DELETE FROM devices" + ONE, user, id.value()) > 0;
  }

  private static Device device(ResultSet row) throws SQLException {
    long seenAt = row.getLong(3);
    Sighting lastSeen =
        row.wasNull() ? null : new Sighting(Instant.ofEpochMilli(seenAt), row.getString(4));
    return new Device(new DeviceId(row.getString(1)), row.getString(2), lastSeen);
  }
}
