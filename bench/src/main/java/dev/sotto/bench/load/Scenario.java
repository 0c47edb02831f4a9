package dev.sotto.bench.load;

/// What the load generator can do.
enum Scenario {
  /// One user sends, each message after the last was answered.
  SEQUENTIAL,
  /// Ten members of one room send at once.
  TEN_SENDERS,
  /// A room is filled with events, then ten members send at once.
  FILLED,
  /// 100 messages a second to ten readers who wait in /sync.
  TEN_READERS,
  /// 5 messages a second to 100 readers who wait in /sync.
  HUNDRED_READERS,
  /// A user of 200 rooms syncs for the first time, and again after a message.
  MANY_ROOMS,
  /// A user joins a room.
  JOIN,
  /// A user claims a one-time key of 20 devices.
  CLAIM
}
