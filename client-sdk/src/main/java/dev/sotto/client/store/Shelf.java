package dev.sotto.client.store;

/// What kind of thing is kept. The codes are in files and never change.
public enum Shelf {
  /// The device's own account and what it has published; group and name are fixed words.
  ACCOUNT(1),
  /// Olm sessions, by the other device's Curve25519 key and the session's id.
  OLM_SESSIONS(2),
  /// Megolm sessions of others, by room and session id.
  INBOUND_MEGOLM(3),
  /// The device's own Megolm session of a room and who has it, by room.
  OUTBOUND_MEGOLM(4),
  /// Which event used which message index, by session: the memory against replays.
  SEEN_INDEXES(5),
  /// Devices, by user and device id.
  DEVICES(6),
  /// Cross-signing keys, by user.
  IDENTITIES(7),
  /// Which users' devices are tracked, and what of them is outdated.
  TRACKING(8),
  /// Private cross-signing keys, the backup's key and the like, by name.
  SECRETS(9),
  /// Requests that are to be sent, or were sent and not answered.
  REQUESTS(10),
  /// Why others did not share a session, by room and session id.
  WITHHELD(11),
  /// Settings and sync positions.
  STATE(12);

  private final int code;

  Shelf(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }
}
