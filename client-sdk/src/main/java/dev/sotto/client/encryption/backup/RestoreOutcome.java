package dev.sotto.client.encryption.backup;

/// What came of reading keys from the backup.
///
/// @param imported how many sessions can be read, or read further back, now
/// @param known how many were known as well here
/// @param unusable how many are damaged, or not what they are said to be
public record RestoreOutcome(int imported, int known, int unusable) {
  /// Nothing yet.
  public static final RestoreOutcome NOTHING = new RestoreOutcome(0, 0, 0);
}
