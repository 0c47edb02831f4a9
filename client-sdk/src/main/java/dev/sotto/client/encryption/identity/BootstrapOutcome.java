package dev.sotto.client.encryption.identity;

/// Whether an identity of one's own was made.
public enum BootstrapOutcome {
  /// It is, or was before, and [OwnIdentity#upload()] publishes it.
  MADE,
  /// There is one already. It can be recovered (secret storage, another device), or replaced with
  /// [OwnIdentity#reset()].
  EXISTS,
  /// The server was not asked whether there is one.
  NOT_ASKED
}
