package dev.sotto.client;

import dev.sotto.client.encryption.HistoryDesk;
import dev.sotto.client.encryption.attachment.EncryptedFile;
import dev.sotto.client.encryption.megolm.HistoryBundle;
import dev.sotto.client.encryption.megolm.Sharing;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.http.Retries;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.RoomId;
import dev.sotto.protocol.id.UserId;
import dev.sotto.protocol.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
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
  private final Backups backups;
  private final Currency currency;
  private final Outlet outlet;
  private final Downloads downloads;
  private final Pump pump;
  private final Handlers handlers;
  private final LeftOutDevices leftOut;
  private final Runnable news;
  private final ReentrantLock fetching = new ReentrantLock();
  private final AtomicBoolean wanted = new AtomicBoolean();

  /// @param news has what follows from keys that arrived told
  History(
      HistoryDesk desk,
      Backups backups,
      Currency currency,
      Outlet outlet,
      Downloads downloads,
      Pump pump,
      Handlers handlers,
      LeftOutDevices leftOut,
      Runnable news) {
    this.desk = desk;
    this.backups = backups;
    this.currency = currency;
    this.outlet = outlet;
    this.downloads = downloads;
    this.pump = pump;
    this.handlers = handlers;
    this.leftOut = leftOut;
    this.news = news;
  }

  /// Whether a room's history is for those who come later.
  boolean isShared(RoomId room) {
    return desk.isShared(room);
  }

  /// The keys to a history that is shared; empty if there are none. What only the backup has of
  /// them, which may be much, is taken from there first; where that fails, which is told as a
  /// problem, they are those that are here.
  Optional<ObjectNode> keys(RoomId room) {
    try {
      backups.take(room);
    } catch (MatrixRequestException | IllegalStateException | UncheckedIOException e) {
      handlers.problem(Problem.Kind.ENCRYPTION, room, e);
    }
    return desk.bundle(room);
  }

  /// Leaves keys for somebody who is about to be invited. Whoever does not get them is told of as a
  /// problem.
  void share(RoomId room, UserId invited, ObjectNode keys) {
    if (!currency.refresh()) {
      notShared(room, "the server has not said yet which devices " + invited + " has now");
      return;
    }
    try {
      EncryptedFile file = outlet.uploadEncrypted(Json.bytes(keys));
      Sharing sharing = desk.share(room, file, invited);
      boolean isReached = true;
      for (int round = 0;
          round < MOST_ROUNDS && isReached && sharing instanceof Sharing.Waiting;
          round++) {
        isReached = pump.flush().isEmpty();
        sharing = desk.share(room, file, invited);
      }
      switch (sharing) {
        case Sharing.Ready(List<Sharing.LeftOut> out) -> leftOut.tell(room, out);
        case Sharing.OwnersChanged _ ->
            notShared(room, invited + " has another identity than the one that was verified");
        case Sharing.Waiting _ -> notShared(room, "the devices of " + invited + " are not known");
        case Sharing.Unsupported() -> notShared(room, "the room is encrypted in an unknown way");
      }
      pump.flush();
    } catch (MatrixRequestException e) {
      handlers.problem(Problem.Kind.ENCRYPTION, room, e);
    }
  }

  private void notShared(RoomId room, String why) {
    handlers.problem(
        Problem.Kind.ENCRYPTION,
        room,
        new IllegalStateException("The keys to the room's history were not shared: " + why + "."));
  }

  /// A room was joined: what has been left for us is fetched.
  ///
  /// @param inviter who had invited us
  void joined(RoomId room, UserId inviter) {
    desk.joined(room, inviter);
    // Whose the devices of the inviter are has to be known; nothing else may ask for that soon.
    pump.flush();
    fetch();
  }

  /// Fetches what there is. What cannot be had for now is left for the next time. Where that is
  /// being done already, whoever does it does it once more: a file may take its time, and any
  /// number of callers would else wait to ask for it again.
  void fetch() {
    wanted.set(true);
    while (wanted.get() && fetching.tryLock()) {
      try {
        if (wanted.getAndSet(false)) {
          desk.toFetch().forEach(this::fetch);
          news.run();
        }
      } finally {
        fetching.unlock();
      }
    }
  }

  private void fetch(HistoryBundle bundle) {
    try {
      byte[] content = downloads.fetch(bundle.file(), LIMIT_BYTES);
      desk.fetched(bundle, Json.parseObject(content));
    } catch (MatrixRequestException e) {
      if (saysThatItIsNotToBeHad(e)) {
        giveUp(bundle, e);
      }
    } catch (IOException | MatrixException e) {
      giveUp(bundle, e);
    }
  }

  /// Whether this is the server's word on the file. That it does not know us any more is not, and
  /// whoever stands between it and us has no word in this.
  private static boolean saysThatItIsNotToBeHad(MatrixRequestException failure) {
    return switch (failure.kind()) {
      case TOO_LARGE -> true;
      case REFUSED -> !Retries.isPassing(failure) && !failure.isLoggedOut();
      case UNREACHABLE, TIMED_OUT, UNTRUSTED, GARBLED, INTERRUPTED -> false;
    };
  }

  private void giveUp(HistoryBundle bundle, Exception why) {
    desk.unavailable(bundle);
    handlers.problem(Problem.Kind.ENCRYPTION, bundle.room(), why);
  }
}
