package dev.sotto.client.encryption.megolm;

import java.util.Optional;

/// Looks into the sessions of rooms, from other packages too.
public final class KnownSessions {
  private KnownSessions() {}

  /// What is known of a session, if it is there.
  public static Optional<SessionFacts> facts(InboundSessions sessions, SessionName name) {
    return sessions.find(name).map(InboundSession::facts);
  }
}
