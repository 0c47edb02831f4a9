package dev.sotto.client;

import dev.sotto.client.encryption.HistoryDesk;
import dev.sotto.client.encryption.attachment.EncryptedFile;
import dev.sotto.client.encryption.megolm.HistoryBundle;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.http.Retries;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.node.ObjectNode;

/// Passes the keys to a room's history on to those who are invited, and fetches those that whoever
/// has invited us has left. An invitation does not depend on it.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#sharing-keys-between-users
final class History {
  private static final long LIMIT_BYTES = 32L << 20;
  private static final int MOST_ROUNDS = 10;

  private final HistoryDesk desk;
  private final Outlet outlet;
  private final Downloads downloads;
  private final Pump pump;
  private final Handlers handlers;
  private final Runnable news;
  private final ReentrantLock fetching = new ReentrantLock();

  /// @param news has what follows from keys that arrived told
  History(
      HistoryDesk desk,
      Outlet outlet,
      Downloads downloads,
      Pump pump,
      Handlers handlers,
      Runnable news) {
    this.desk = desk;
    this.outlet = outlet;
    this.downloads = downloads;
    this.pump = pump;
    this.handlers = handlers;
    this.news = news;
  }

  /// Leaves the keys for somebody who is about to be invited.
  void share(RoomId room, UserId invited) {
    Optional<ObjectNode> bundle = desk.bundle(room);
    if (bundle.isEmpty()) {
      return;
    }
    try {
      EncryptedFile file = outlet.uploadEncrypted(Json.bytes(bundle.get()));
      for (int round = 0; round < MOST_ROUNDS && !desk.share(room, file, invited); round++) {
        pump.flush();
      }
      pump.flush();
    } catch (MatrixRequestException e) {
      handlers.problem(Problem.Kind.ENCRYPTION, room, e);
    }
  }

  /// A room was joined: what has been left for us is fetched.
  ///
  /// @param inviter who had invited us
  void joined(RoomId room, UserId inviter) {
    desk.joined(room, inviter);
    fetch();
  }

  /// Fetches what there is. What cannot be had for now is left for the next time.
  void fetch() {
    fetching.lock();
    try {
      for (HistoryBundle bundle : desk.toFetch()) {
        fetch(bundle);
      }
      news.run();
    } finally {
      fetching.unlock();
    }
  }

  private void fetch(HistoryBundle bundle) {
    try {
      byte[] content = downloads.fetch(bundle.file(), LIMIT_BYTES);
      desk.fetched(bundle, Json.parseObject(content));
    } catch (MatrixRequestException e) {
      if (!Retries.isPassing(e) && e.kind() != MatrixRequestException.Kind.INTERRUPTED) {
        desk.unavailable(bundle);
      }
    } catch (IOException | MatrixException e) {
      desk.unavailable(bundle);
      handlers.problem(Problem.Kind.ENCRYPTION, bundle.room(), e);
    }
  }
}
