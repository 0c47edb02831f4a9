package dev.sotto.client.encryption.megolm;

/// How the key of a session came here, which says how much is known of who made it.
public enum KeyOrigin {
  /// This device made the session.
  OWN,
  /// Its maker sent it to this device, in `m.room_key`: the only way that proves who that is, where
  /// the device is known.
  ROOM_KEY,
  /// Another, verified device of the same user passed it on when asked.
  FORWARDED,
  /// From the backup on the server, which anybody who knows the backup's public key can write to.
  BACKUP,
  /// Somebody who invited the user to the room passed it on.
  BUNDLE,
  /// From a file of exported keys.
  EXPORT;

  /// Whether the session itself signed the key, so that it is the one that bears its id.
  boolean signed() {
    return this == OWN || this == ROOM_KEY;
  }
}
