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

/// Makes the backup of keys, and takes all keys out of it. The server gives them in one answer,
/// which may be large: it goes to a file as it is, encrypted, and is read from there a few at a
/// time.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#server-side-key-backups
final class Backups {
  private static final String KEYS = "/_matrix/client/v3/room_keys";
  private static final long LIMIT_BYTES = 2L << 30;
  private static final Duration TIMEOUT = Duration.ofMinutes(30);

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
    try {
      Path answer = Files.createTempFile("sotto", ".backup");
      try {
        download(active.version(), answer);
        return take(answer, total, progress);
      } finally {
        Files.deleteIfExists(answer);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void download(String version, Path target) throws IOException {
    try (OutputStream out = Files.newOutputStream(target)) {
      calls.download(
          Request.get(KEYS + "/keys").query("version", version).limit(LIMIT_BYTES).timeout(TIMEOUT),
          out);
    }
  }

  private Restored take(Path answer, long total, Consumer<Restored> progress) throws IOException {
    Restored sum = new Restored(total, 0, 0, 0);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(answer));
        BackupReader reader = BackupReader.of(in)) {
      for (List<BackedUpKey> keys = reader.next(STEP); !keys.isEmpty(); keys = reader.next(STEP)) {
        sum = sum.plus(backup.restore(keys));
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
