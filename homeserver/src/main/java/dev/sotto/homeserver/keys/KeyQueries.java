package dev.sotto.homeserver.keys;

import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.devices.Devices;
import dev.sotto.homeserver.keys.CrossSigningKey.Usage;
import dev.sotto.homeserver.keys.CrossSigningStore.UserSignature;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.id.DeviceId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Answers which keys users have, as far as the asking user may see them and what signs them.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysquery
public final class KeyQueries {
  /// Keys as JSON, by user and device.
  public record Keys(
      Map<UserId, Map<String, String>> devices,
      Map<UserId, String> masters,
      Map<UserId, String> selfSigning,
      Map<UserId, String> userSigning) {}

  private record Rows(
      Map<Long, Map<String, String>> devices,
      Map<Long, Map<DeviceId, Optional<String>>> names,
      Map<Long, Map<Usage, CrossSigningKey>> crossSigning,
      Map<Long, UserSignature> signatures) {}

  private final Database database;
  private final Users users;
  private final Devices devices;
  private final DeviceKeyStore deviceKeys;
  private final CrossSigningStore crossSigning;

  KeyQueries(Database database, Users users, Devices devices) {
    this.database = database;
    this.users = users;
    this.devices = devices;
    this.deviceKeys = new DeviceKeyStore(database.dialect());
    this.crossSigning = new CrossSigningStore(database.dialect());
  }

  /// The keys of users of this server.
  ///
  /// @param wanted device ids by user; an empty list stands for all
  public Keys query(UserId viewer, Map<UserId, ? extends Collection<String>> wanted) {
    Keys keys = new Keys(new HashMap<>(), new HashMap<>(), new HashMap<>(), new HashMap<>());
    Map<UserId, Long> numbers = users.knownNumbers(wanted.keySet());
    if (numbers.isEmpty()) {
      return keys;
    }
    long number = users.number(viewer);
    Rows rows = database.read(handle -> load(handle, number, Set.copyOf(numbers.values())));
    numbers.forEach(
        (user, userNumber) -> {
          Collection<String> only = wanted.get(user);
          keys.devices.put(user, devices(rows, userNumber, only == null ? List.of() : only));
          crossSigning(keys, rows, viewer, user, userNumber);
        });
    return keys;
  }

  private Rows load(Handle handle, long viewer, Collection<Long> numbers) {
    return new Rows(
        deviceKeys.ofUsers(handle, numbers),
        devices.ofAll(handle, numbers),
        crossSigning.ofUsers(handle, numbers),
        crossSigning.signatures(handle, viewer, numbers));
  }

  private static Map<String, String> devices(Rows rows, long user, Collection<String> only) {
    Map<DeviceId, Optional<String>> names = rows.names.getOrDefault(user, Map.of());
    Map<String, String> devices = new HashMap<>();
    rows.devices
        .getOrDefault(user, Map.of())
        .forEach(
            (device, json) -> {
              if (only.isEmpty() || only.contains(device)) {
                devices.put(
                    device,
                    withName(json, names.getOrDefault(new DeviceId(device), Optional.empty())));
              }
            });
    return devices;
  }

  /// Writes the device's name into the JSON, which is never empty and has no `unsigned`.
  private static String withName(String json, Optional<String> name) {
    if (name.isEmpty()) {
      return json;
    }
    ObjectNode unsigned = Json.object().put("device_display_name", name.get());
    return json.substring(0, json.length() - 1) + ",\"unsigned\":" + unsigned + "}";
  }

  private static void crossSigning(Keys keys, Rows rows, UserId viewer, UserId user, long number) {
    Map<Usage, CrossSigningKey> own = rows.crossSigning.getOrDefault(number, Map.of());
    own.forEach(
        (usage, key) -> {
          switch (usage) {
            case MASTER -> keys.masters.put(user, master(key, viewer, rows.signatures.get(number)));
            case SELF_SIGNING -> keys.selfSigning.put(user, key.json().toString());
            case USER_SIGNING -> {
              if (user.equals(viewer)) {
                keys.userSigning.put(user, key.json().toString());
              }
            }
          }
        });
  }

  private static String master(
      CrossSigningKey key, UserId viewer, @Nullable UserSignature signature) {
    ObjectNode json = key.json();
    if (signature != null && signature.masterKey().equals(key.publicKey())) {
      json =
          KeyObjects.plusSignature(json, viewer, signature.signingKeyId(), signature.signature());
    }
    return json.toString();
  }
}
