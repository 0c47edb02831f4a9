package dev.sotto.client.encryption.megolm;

/// Which devices of a room's members are given the keys to what is sent. Whatever it says, nothing
/// is sent to a user whose identity changed after it was verified, until that is confirmed.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#recommended-client-behaviour
public enum SharingPolicy {
  /// Those that their users have signed: the others may have been added by whoever runs a server.
  SIGNED_DEVICES,
  /// Those that their users have signed, of users who were verified.
  VERIFIED_DEVICES,
  /// All, whoever added them.
  ALL_DEVICES
}
