package dev.sotto.homeserver.journal;

/// The kinds of news that a position can stand for.
public enum Stream {
  /// An event in a room; topics: the room, and for a membership event its target.
  EVENTS,
  /// A receipt in a room; topics: the room for a public one, the user alone for a private one.
  RECEIPTS,
  /// A user's account data, global or in a room, tags and push rules; topic: the user.
  ACCOUNT_DATA,
  /// A message to one device; topic: the user.
  TO_DEVICE,
  /// A user's devices or keys changed; topics: the user and the user's rooms.
  DEVICE_LISTS,
  /// One-time or fallback keys of a device were used or uploaded; topic: the user.
  KEY_COUNTS
}
