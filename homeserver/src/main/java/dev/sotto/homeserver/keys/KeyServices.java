package dev.sotto.homeserver.keys;

import dev.sotto.homeserver.blindness.Gate;
import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.devices.Devices;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.names.Users;

/// The services of this package.
///
/// @param gate decides what keys may hold
public record KeyServices(
    DeviceKeys deviceKeys,
    OneTimeKeys oneTimeKeys,
    CrossSigning crossSigning,
    Signatures signatures,
    KeyQueries queries,
    DeviceLists deviceLists,
    Gate gate) {

  public static KeyServices over(
      Database database,
      Journal journal,
      Users users,
      Devices devices,
      SharedRooms sharedRooms,
      Gate gate) {
    DeviceLists deviceLists = new DeviceLists(database, journal, users, sharedRooms);
    OneTimeKeys oneTimeKeys = new OneTimeKeys(database, journal, users);
    return new KeyServices(
        new DeviceKeys(database, journal, users, devices, deviceLists, oneTimeKeys),
        oneTimeKeys,
        new CrossSigning(database, journal, users, devices, deviceLists),
        new Signatures(database, journal, users, deviceLists),
        new KeyQueries(database, users, devices),
        deviceLists,
        gate);
  }
}
