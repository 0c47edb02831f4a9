package dev.sotto.protocol.rules;

/// Where an event's id comes from.
public enum EventIdRule {
  /// The sender's server chooses it and writes it into `event_id`; references carry hashes.
  CHOSEN,
  /// `$` and the reference hash in base64.
  HASH,
  /// `$` and the reference hash in URL-safe base64.
  URL_SAFE_HASH
}
