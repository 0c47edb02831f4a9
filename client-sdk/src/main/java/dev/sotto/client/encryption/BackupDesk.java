package dev.sotto.client.encryption;

import dev.sotto.client.encryption.backup.BackedUpKey;
import dev.sotto.client.encryption.backup.BackupState;
import dev.sotto.client.encryption.backup.RestoreOutcome;
import dev.sotto.protocol.id.RoomId;
import java.util.Collection;

/// The backup of room keys on the server. Keys are put into it by themselves once there is one that
/// is the user's, and single ones are fetched as messages need them. For any number of threads.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#server-side-key-backups
public final class BackupDesk {
  private final Turns turns;
  private final Parts parts;
  private final Incoming incoming;

  BackupDesk(Turns turns, Parts parts, Incoming incoming) {
    this.turns = turns;
    this.parts = parts;
    this.incoming = incoming;
  }

  /// How it stands.
  public BackupState state() {
    return turns.take(() -> parts.backup().state());
  }

  /// Makes a new backup, in place of the one that there may be; it is then among what is outgoing.
  public void create() {
    turns.run(parts.backup()::create);
  }

  /// Gives up the backup that is to be made, if there is one.
  public void withdraw() {
    turns.run(parts.backup()::withdraw);
  }

  /// Turns backups on, as they are at first, or off.
  public void enable(boolean enabled) {
    turns.run(() -> parts.backup().enable(enabled));
  }

  /// Has the server asked again which backup there is.
  public void recheck() {
    turns.run(parts.backup()::recheck);
  }

  /// Whether all that the backup has of a room was taken from it in the last minutes.
  public boolean hasTaken(RoomId room) {
    return turns.take(() -> parts.backup().hasTaken(room));
  }

  /// All that a backup has of a room was taken from it: for some minutes that is not asked for
  /// again.
  public void taken(RoomId room, String version) {
    turns.run(() -> parts.backup().taken(room, version));
  }

  /// Reads keys that were fetched from the backup.
  ///
  /// @throws IllegalStateException if the backup cannot be read
  public RestoreOutcome restore(Collection<BackedUpKey> keys) {
    return turns.take(
        () -> {
          RestoreOutcome restored = parts.backup().restore(keys);
          incoming.conclude();
          return restored;
        });
  }
}
