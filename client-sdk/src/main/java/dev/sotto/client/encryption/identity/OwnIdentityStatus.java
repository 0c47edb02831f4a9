package dev.sotto.client.encryption.identity;

import java.util.Set;

/// How it stands with one's own identity.
///
/// @param uploading whether a new one was made that the server is not known to have
/// @param verified whether the published one was made here, recovered here, or verified by this
///   device
/// @param privateKeys the roles whose private keys are here and belong to the published keys
/// @param deviceSigned whether the server is known to have the identity's signature of this device
public record OwnIdentityStatus(
    Phase phase,
    boolean uploading,
    boolean verified,
    Set<KeyRole> privateKeys,
    boolean deviceSigned) {

  public OwnIdentityStatus {
    privateKeys = Set.copyOf(privateKeys);
  }

  /// What the server shows.
  public enum Phase {
    /// The server was not asked yet.
    NOT_ASKED,
    /// There is none.
    NONE,
    /// There is one.
    PRESENT,
    /// The server shows another one than this device knew: it was reset elsewhere, or the server
    /// lies. Private keys of the former one are kept but of no use until it comes back. To go on,
    /// recover the new one, verify it, confirm it, or reset it.
    REPLACED
  }
}
