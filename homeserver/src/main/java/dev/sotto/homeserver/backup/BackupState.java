package dev.sotto.homeserver.backup;

/// How a backup stands after a change of its keys.
///
/// @param etag changes with every change of a key
public record BackupState(long etag, long count) {
  BackupState plus(long added, boolean changed) {
    return new BackupState(changed ? etag + 1 : etag, count + added);
  }
}
