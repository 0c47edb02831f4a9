package dev.sotto.client;

import dev.sotto.client.Recovery.Restored;
import dev.sotto.client.encryption.BackupDesk;
import dev.sotto.client.encryption.backup.BackedUpKey;
import dev.sotto.client.encryption.backup.BackupReader;
import dev.sotto.client.encryption.backup.BackupState.Active;
import dev.sotto.client.encryption.backup.BackupState.Unasked;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.http.Request;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.RoomId;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/// Makes the backup of keys, and takes all keys out of it, or those of a room. The server gives
/// them in one answer, which may be large: it goes to a file as it is, encrypted, and is read from
/// there a few at a time.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#server-side-key-backups
final class Backups {
  private static final String KEYS = "/_matrix/client/v3/room_keys";
  private static final long LIMIT_BYTES = 2L << 30;
  private static final Duration TIMEOUT = Duration.ofMinutes(30);

  /// Somebody waits to invite somebody else meanwhile.
  private static final Duration ROOM_TIMEOUT = Duration.ofMinutes(2);

  /// How many are taken up in one step: others may use the machine in between.
  private static final int STEP = 500;

  private final BackupDesk backup;
  private final Pump pump;
  private final Calls calls;
  private final Runnable news;

  /// @param news has what follows from keys that arrived told
  Backups(BackupDesk backup, Pump pump, Calls calls, Runnable news) {
    this.backup = backup;
    this.pump = pump;
    this.calls = calls;
    this.news = news;
  }

  /// Makes one if there is none that can be read. From then on there is one, and the key that is
  /// given out as the backup's is its key.
  ///
  /// @throws RuntimeException if the server does not say which one there is, or makes none; it is
  ///   then not made later either
  void make() {
    if (readable().isPresent()) {
      return;
    }
    backup.create();
    try {
      Optional<RuntimeException> failure = pump.flush();
      if (active().isEmpty()) {
        throw failure.orElseGet(
            () ->
                new MatrixRequestException(
                    MatrixRequestException.Kind.GARBLED,
                    "The server does not show the backup that it was to make.",
                    null));
      }
    } catch (RuntimeException e) {
      backup.withdraw();
      throw e;
    }
  }

  /// The backup that can be read here, as the server says now.
  ///
  /// @throws RuntimeException if it does not say: then there may well be one
  private Optional<Active> readable() {
    backup.recheck();
    Optional<RuntimeException> failure = pump.flush();
    if (failure.isPresent() && backup.state() instanceof Unasked) {
      throw failure.get();
    }
    return active();
  }

  private Optional<Active> active() {
    return backup.state() instanceof Active active && active.readable()
        ? Optional.of(active)
        : Optional.empty();
  }

  Restored restore(Consumer<Restored> progress) {
    Active active =
        readable()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "There is no backup that can be read on this device: recover it first."));
    long total =
        calls.send(
            Request.get(KEYS + "/version/{}", active.version()),
            answer -> answer.path("count").asLong(0));
    return takeOut(
        Request.get(KEYS + "/keys").timeout(TIMEOUT),
        active.version(),
        BackupReader::of,
        new Restored(total, 0, 0, 0),
        progress);
  }

  /// Takes all that the backup has of a room, where there is one that can be read, and where that
  /// was not done in the last minutes.
  ///
  /// @throws RuntimeException if it cannot be had
  void take(RoomId room) {
    Optional<Active> active = backup.state() instanceof Unasked ? readable() : active();
    if (active.isEmpty() || backup.hasTaken(room)) {
      return;
    }
    String version = active.get().version();
    try {
      takeOut(
          Request.get(KEYS + "/keys/{}", room.value()).timeout(ROOM_TIMEOUT),
          version,
          answer -> BackupReader.of(room, answer),
          new Restored(0, 0, 0, 0),
          _ -> {});
      backup.taken(room, version);
    } catch (MatrixRequestException e) {
      if (!e.errcode().equals("M_NOT_FOUND")) {
        throw e;
      }
      // It has nothing of the room, or is there no more.
      backup.recheck();
    }
  }

  private Restored takeOut(
      Request request,
      String version,
      Function<InputStream, BackupReader> reader,
      Restored none,
      Consumer<Restored> progress) {
    try {
      Path answer = Files.createTempFile("sotto", ".backup");
      try {
        try (OutputStream out = Files.newOutputStream(answer)) {
          calls.download(request.query("version", version).limit(LIMIT_BYTES), out);
        }
        return takeUp(answer, reader, none, progress);
      } finally {
        Files.deleteIfExists(answer);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Restored takeUp(
      Path answer,
      Function<InputStream, BackupReader> reader,
      Restored none,
      Consumer<Restored> progress)
      throws IOException {
    Restored sum = none;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(answer));
        BackupReader keys = reader.apply(in)) {
      for (List<BackedUpKey> some = keys.next(STEP); !some.isEmpty(); some = keys.next(STEP)) {
        sum = sum.plus(backup.restore(some));
        news.run();
        progress.accept(sum);
      }
    } catch (MatrixException e) {
      throw new MatrixRequestException(
          MatrixRequestException.Kind.GARBLED, "The backup is not valid JSON.", e);
    }
    return sum;
  }
}
