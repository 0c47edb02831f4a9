package dev.sotto.client.encryption;

import dev.sotto.client.encryption.attachment.EncryptedFile;
import dev.sotto.client.encryption.megolm.HistoryBundle;
import dev.sotto.client.encryption.megolm.Sharing;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Passes the keys to a room's history on to those who are invited, and takes them up from who has
/// invited us. For any number of threads.
///
/// Before an invite: [#bundle], which is encrypted and uploaded as a file is, then [#share]. After
/// an invite was accepted: [#joined], then [#toFetch] and [#fetched].
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#sharing-keys-between-users
public final class HistoryDesk {
  private final Turns turns;
  private final Parts parts;
  private final Incoming incoming;

  HistoryDesk(Turns turns, Parts parts, Incoming incoming) {
    this.turns = turns;
    this.parts = parts;
    this.incoming = incoming;
  }

  /// Whether what is said in a room now may be read by those who come later: its keys are passed on
  /// to them.
  public boolean isShared(RoomId room) {
    return turns.take(() -> parts.roomKeys().history().isShared(room));
  }

  /// The keys to share, a `RoomKeyBundle`; empty if there are none, or the room's history is not
  /// for those who come later.
  public Optional<ObjectNode> bundle(RoomId room) {
    return turns.take(() -> parts.roomKeys().history().bundle(room));
  }

  /// Tells the devices of somebody who is about to be invited where the bundle is.
  ///
  /// @return Waiting, also where the devices are not known yet, if what is outgoing has to be sent
  ///   first; to be called again then
  public Sharing share(RoomId room, EncryptedFile file, UserId invited) {
    return turns.take(
        () -> {
          parts.tracking().track(List.of(invited));
          return parts.tracking().isSettled(invited)
              ? parts
                  .roomKeys()
                  .history()
                  .share(room, file, parts.tracking().devices(invited).values())
              : new Sharing.Waiting(List.of());
        });
  }

  /// A room was joined by accepting an invite, here or on another device of ours. Whose the
  /// inviting device is has to be known before anything is fetched, so that user is tracked from
  /// now on.
  ///
  /// @param from who had invited us
  public void joined(RoomId room, UserId from) {
    turns.run(
        () -> {
          parts.tracking().track(List.of(from));
          parts.roomKeys().history().joined(room, from);
        });
  }

  /// The bundles that are to be downloaded and decrypted now.
  public List<HistoryBundle> toFetch() {
    return turns.take(() -> parts.roomKeys().history().toFetch());
  }

  /// Takes up a bundle.
  ///
  /// @param content what the file holds
  /// @return how many sessions can be read better for it
  public int fetched(HistoryBundle bundle, ObjectNode content) {
    return turns.take(
        () -> {
          int better = parts.roomKeys().history().fetched(bundle, content);
          incoming.conclude();
          return better;
        });
  }

  /// A bundle cannot be had.
  public void unavailable(HistoryBundle bundle) {
    turns.run(() -> parts.roomKeys().history().unavailable(bundle));
  }
}
