package dev.sotto.homeserver.app;

import dev.sotto.homeserver.api.client.CrossSigningEndpoints;
import dev.sotto.homeserver.api.client.DehydratedDeviceEndpoints;
import dev.sotto.homeserver.api.client.KeyBackupEndpoints;
import dev.sotto.homeserver.api.client.KeysEndpoints;
import dev.sotto.homeserver.api.client.ToDeviceEndpoints;
import dev.sotto.homeserver.api.client.UserInteractiveAuth;
import dev.sotto.homeserver.backup.Backups;
import dev.sotto.homeserver.blindness.Gate;
import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.dehydration.DehydratedDevices;
import dev.sotto.homeserver.dehydration.Dehydration;
import dev.sotto.homeserver.devices.DeviceChanges;
import dev.sotto.homeserver.devices.DeviceListener;
import dev.sotto.homeserver.devices.Devices;
import dev.sotto.homeserver.http.Route;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.keys.KeyServices;
import dev.sotto.homeserver.keys.SharedRooms;
import dev.sotto.homeserver.keys.SharingChanges;
import dev.sotto.homeserver.logins.Deactivations;
import dev.sotto.homeserver.logins.ReservedDeviceIds;
import dev.sotto.homeserver.names.Users;
import dev.sotto.homeserver.rooms.Memberships;
import dev.sotto.homeserver.todevice.ToDevice;
import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.id.UserId;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The services that clients encrypt for each other by, and their endpoints.
record EndToEnd(
    KeyServices keys, ToDevice toDevice, Backups backups, DehydratedDevices dehydrated) {
  private static final int MAX_WAITING_MESSAGES = 10_000;
  private static final int MAX_KEYS_OF_BACKUP = 50_000;

  static EndToEnd over(
      Database database,
      Journal journal,
      Users users,
      Devices devices,
      Memberships memberships,
      Gate gate,
      InstantSource clock) {
    return new EndToEnd(
        KeyServices.over(database, journal, users, devices, shared(memberships), gate),
        new ToDevice(database, journal, users, devices, gate, clock, MAX_WAITING_MESSAGES),
        new Backups(database, journal, users, gate, MAX_KEYS_OF_BACKUP),
        new DehydratedDevices(database));
  }

  private static SharedRooms shared(Memberships memberships) {
    return new SharedRooms() {
      @Override
      public long[] topics(UserId user) {
        return memberships.topics(user);
      }

      @Override
      public Set<UserId> sharing(UserId user) {
        return memberships.sharing(user);
      }
    };
  }

  /// What hangs on devices.
  List<DeviceListener> deviceListeners() {
    return List.of(keys.deviceKeys(), toDevice, dehydrated);
  }

  ReservedDeviceIds reservedDeviceIds() {
    return (transaction, user, device) ->
        keys.crossSigning().reserves(transaction, user, device)
            || dehydrated.reserves(transaction, user, device);
  }

  /// What is kept of a user beside the devices.
  List<Deactivations.Listener> deactivationListeners() {
    return List.of(
        (user, _) -> keys.crossSigning().userRemoved(user), (user, _) -> backups.userRemoved(user));
  }

  List<Route> routes(UserInteractiveAuth auth, SharingChanges sharing, ServerName server) {
    List<Route> routes = new ArrayList<>();
    routes.addAll(new KeysEndpoints(keys, sharing, server).routes());
    routes.addAll(new CrossSigningEndpoints(keys, auth).routes());
    routes.addAll(new ToDeviceEndpoints(toDevice).routes());
    routes.addAll(new KeyBackupEndpoints(backups).routes());
    return routes;
  }

  List<Route> dehydratedDeviceRoutes(
      Database database,
      Journal journal,
      Users users,
      Devices devices,
      DeviceChanges deviceChanges) {
    Dehydration dehydration =
        new Dehydration(database, journal, devices, deviceChanges, keys.deviceKeys());
    return new DehydratedDeviceEndpoints(dehydrated, dehydration, keys, toDevice, journal, users)
        .routes();
  }
}
