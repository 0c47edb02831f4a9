package dev.sotto.homeserver.backup;

import dev.sotto.protocol.id.RoomId;

/// The key of one session, encrypted by a client.
///
/// @param firstMessageIndex the first message that it decrypts
/// @param forwardedCount how often it was passed on from device to device
/// @param verified whether it came from a device that the storing device had verified
/// @param sessionData the encrypted key as JSON
public record BackedUpKey(
    RoomId room,
    String session,
    long firstMessageIndex,
    long forwardedCount,
    boolean verified,
    String sessionData) {

  /// What decides whether a key takes another's place.
  record Rank(boolean verified, long firstMessageIndex, long forwardedCount) {
    /// Whether a key of this rank is to replace one of rank `other`.
    ///
    /// @spec https://spec.matrix.org/v1.19/client-server-api/#server-side-key-backups
    boolean beats(Rank other) {
      if (verified != other.verified) {
        return verified;
      }
      if (firstMessageIndex != other.firstMessageIndex) {
        return firstMessageIndex < other.firstMessageIndex;
      }
      return forwardedCount < other.forwardedCount;
    }
  }

  Rank rank() {
    return new Rank(verified, firstMessageIndex, forwardedCount);
  }
}
