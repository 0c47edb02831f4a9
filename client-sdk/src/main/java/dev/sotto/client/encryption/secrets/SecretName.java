package dev.sotto.client.encryption.secrets;

/// What a secret is called: the type of its account data, and its name in requests for it.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#secrets
public record SecretName(String value) {
  /// The private master key of cross-signing.
  public static final SecretName MASTER = new SecretName("m.cross_signing.master");

  /// The private key that signs the user's own devices.
  public static final SecretName SELF_SIGNING = new SecretName("m.cross_signing.self_signing");

  /// The private key that signs other users.
  public static final SecretName USER_SIGNING = new SecretName("m.cross_signing.user_signing");

  /// The private key of the key backup.
  public static final SecretName BACKUP = new SecretName("m.megolm_backup.v1");

  /// What dehydrated devices are encrypted with.
  ///
  /// @spec https://github.com/matrix-org/matrix-spec-proposals/pull/3814
  public static final SecretName DEHYDRATED_DEVICE = new SecretName("org.matrix.msc3814");

  private static final int MAX_LENGTH = 255;

  /// @throws IllegalArgumentException if nothing can have this name
  public SecretName {
    if (value.isEmpty() || value.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("a secret's name has 1 to 255 characters");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
