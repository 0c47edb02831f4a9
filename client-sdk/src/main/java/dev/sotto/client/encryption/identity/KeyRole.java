package dev.sotto.client.encryption.identity;

/// What a cross-signing key is for.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#cross-signing
public enum KeyRole {
  /// Stands for the user, and signs the other two.
  MASTER("master"),
  /// Signs the user's devices.
  SELF_SIGNING("self_signing"),
  /// Signs the master keys of others; only its owner gets to see it.
  USER_SIGNING("user_signing");

  private final String usage;

  KeyRole(String usage) {
    this.usage = usage;
  }

  /// As in `usage` of a key.
  public String usage() {
    return usage;
  }

  /// Where a published key stands in an upload, or, with an `s`, in an answer to a query.
  String field() {
    return usage + "_key";
  }
}
