package dev.sotto.client.encryption.backup;

/// How it stands with the backup.
public sealed interface BackupState {
  /// The server was not asked yet which one there is, or has to be asked again.
  record Unasked() implements BackupState {}

  /// There is none.
  record None() implements BackupState {}

  /// There is one of a kind that is not known here, or it makes no sense, or the server takes no
  /// keys for it though it says that it is the latest.
  record Unusable() implements BackupState {}

  /// There is one, and nothing shows that it is the user's: no own device that is verified and no
  /// verified identity has signed it, and its private key is not here. Nothing is put into it.
  record Untrusted(String version) implements BackupState {}

  /// Keys are put into it.
  ///
  /// @param readable whether the private key is here, so that it can be read
  record Active(String version, boolean readable) implements BackupState {}
}
