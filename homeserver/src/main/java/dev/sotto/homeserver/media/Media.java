package dev.sotto.homeserver.media;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sotto.homeserver.blindness.AdmittedMedia;
import dev.sotto.homeserver.blindness.Gate;
import dev.sotto.homeserver.db.Database;
import dev.sotto.homeserver.journal.Journal;
import dev.sotto.homeserver.journal.Transaction;
import dev.sotto.homeserver.names.Users;
import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.ServerName;
import dev.sotto.protocol.id.UserId;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Takes content in and finds it again.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#content-repository
public final class Media implements AutoCloseable {
  /// The longest that a reader is kept waiting for content that is still to come.
  public static final Duration MAX_WAIT = Duration.ofSeconds(60);

  private static final Duration RESERVED_FOR = Duration.ofHours(24);
  private static final int MAX_RESERVED = 10;
  private static final int ID_BYTES = 18;
  private static final int FILE_BYTES = 16;

  /// How much of a file is looked at to know a picture.
  private static final int HEAD_BYTES = 256 * 1024;

  /// An id that waits for its content.
  public record Reservation(MxcUri uri, long expiresTs) {}

  private final MediaStore store;
  private final MediaFolder folder;
  private final Thumbnails thumbnails;
  private final Journal journal;
  private final Users users;
  private final ServerName server;
  private final Gate gate;
  private final InstantSource clock;
  private final SecureRandom random;
  private final long maxBytesPerUser;

  // Who waits for an id's content holds its future; nobody else needs it.
  private final Cache<String, CompletableFuture<Boolean>> arrivals =
      Caffeine.newBuilder().weakValues().build();

  /// @param folder where the files are; made if it is not there
  /// @param maxBytesPerUser what all of a user's content may take
  public Media(
      Database database,
      Journal journal,
      Users users,
      Path folder,
      ServerName server,
      Gate gate,
      InstantSource clock,
      SecureRandom random,
      long maxBytesPerUser) {
    this.store = new MediaStore(database);
    this.journal = journal;
    this.users = users;
    this.folder = new MediaFolder(folder);
    this.thumbnails = new Thumbnails(this.folder, this::randomName);
    this.server = server;
    this.gate = gate;
    this.clock = clock;
    this.random = random;
    this.maxBytesPerUser = maxBytesPerUser;
  }

  /// Keeps content under a new id. When this returns, it is on disk.
  ///
  /// @throws MatrixException `M_FORBIDDEN` if the gate refuses it, `M_TOO_LARGE`,
  ///   `M_RESOURCE_LIMIT_EXCEEDED` if the owner has too much
  public MxcUri upload(UserId owner, Upload upload) {
    long number = users.number(owner);
    MxcUri uri = newUri();
    keep(
        number,
        upload,
        (transaction, content) ->
            store.insert(transaction, uri.mediaId(), number, clock.millis(), content));
    return uri;
  }

  /// Makes an id, for content that its owner will [fill] in.
  ///
  /// @throws MatrixException `M_LIMIT_EXCEEDED` if too many of the owner's ids wait already
  public Reservation reserve(UserId owner) {
    long number = users.number(owner);
    MxcUri uri = newUri();
    long now = clock.millis();
    long expires = now + RESERVED_FOR.toMillis();
    return journal.write(
        transaction -> {
          store.deleteExpired(transaction, now);
          MediaStore.Reserved reserved = store.reserved(transaction, number, now);
          if (reserved.count() >= MAX_RESERVED) {
            throw new MatrixException(
                ErrorCode.M_LIMIT_EXCEEDED,
                "Too many of your uploads were announced and have not come; send those first.",
                Map.of("retry_after_ms", reserved.firstExpires() - now));
          }
          store.reserve(transaction, uri.mediaId(), number, now, expires);
          return new Reservation(uri, expires);
        });
  }

  /// Gives a reserved id its content.
  ///
  /// @throws MatrixException `M_NOT_FOUND` if the id was not reserved or is too old, `M_FORBIDDEN`
  ///   if it is another user's, `M_CANNOT_OVERWRITE_MEDIA` if it has content
  public void fill(UserId owner, MxcUri uri, Upload upload) {
    MediaStore.Row row = find(uri);
    if (row.owner() != users.number(owner)) {
      throw MatrixException.forbidden("Only who made this id may upload to it.");
    }
    if (row.content() != null) {
      throw overwritten();
    }
    keep(
        row.owner(),
        upload,
        (transaction, content) -> {
          if (!store.fill(transaction, uri.mediaId(), content)) {
            throw overwritten();
          }
          transaction.afterCommit(() -> arrived(uri.mediaId()));
        });
  }

  private void arrived(String mediaId) {
    CompletableFuture<Boolean> waiting = arrivals.getIfPresent(mediaId);
    if (waiting != null) {
      waiting.complete(true);
    }
  }

  /// The content of an id; waits for it where the id is only reserved.
  ///
  /// @param wait at most [#MAX_WAIT] counts
  /// @throws MatrixException `M_NOT_FOUND` if there is none, `M_NOT_YET_UPLOADED` if it did not
  ///   come in time
  public MediaFile require(MxcUri uri, Duration wait) {
    MediaFile content = find(uri).content();
    if (content != null) {
      return content;
    }
    CompletableFuture<Boolean> arrival =
        arrivals.get(uri.mediaId(), _ -> new CompletableFuture<>());
    content = find(uri).content();
    if (content == null) {
      await(arrival, wait.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : wait);
      content = find(uri).content();
    }
    if (content == null) {
      throw new MatrixException(
          ErrorCode.M_NOT_YET_UPLOADED, "This content has not been uploaded yet.");
    }
    return content;
  }

  private static void await(CompletableFuture<Boolean> arrival, Duration wait) {
    try {
      arrival.get(wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // The caller looks again whatever happened.
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// The bytes of content from `from` on; the reader closes them.
  public InputStream open(MediaFile content, long from) {
    try {
      return folder.open(content.file(), from);
    } catch (FileNotFoundException e) {
      throw unknown();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A small picture of content that is a picture; see [Thumbnails#of].
  public Thumbnail thumbnail(MediaFile content, ThumbnailRequest wanted) {
    try {
      return thumbnails.of(content, wanted);
    } catch (FileNotFoundException | NoSuchFileException e) {
      throw unknown();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    thumbnails.close();
  }

  /// What an id is known as: content, or a reservation that still holds.
  private MediaStore.Row find(MxcUri uri) {
    Optional<MediaStore.Row> row =
        uri.server().equals(server) ? store.find(uri.mediaId()) : Optional.empty();
    return row.filter(found -> found.content() != null || found.expires() > clock.millis())
        .orElseThrow(Media::unknown);
  }

  /// What becomes of a file that is in its place.
  @FunctionalInterface
  private interface Entry {
    void write(Transaction transaction, MediaFile content);
  }

  /// File first, row second: a row never names a file that is not there.
  private void keep(long owner, Upload upload, Entry entry) {
    requireSpace(store.usage(owner) + Math.max(0, upload.declaredBytes()));
    String name = randomName();
    try (MediaFolder.Incoming received = folder.receive(name, upload)) {
      String picture =
          ImageHeader.of(received.head(HEAD_BYTES))
              .map(header -> header.format().contentType())
              .orElse(null);
      AdmittedMedia admitted =
          gate.admitMedia(upload.contentType(), upload.fileName(), picture, received.sizeBytes());
      MediaFile content = new MediaFile(name, MediaLabel.of(admitted), received.sizeBytes());
      received.keep();
      enter(
          (transaction, file) -> {
            entry.write(transaction, file);
            requireSpace(store.addUsage(transaction, owner, file.sizeBytes()));
          },
          content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void requireSpace(long bytes) {
    if (bytes > maxBytesPerUser) {
      throw new MatrixException(
          ErrorCode.M_RESOURCE_LIMIT_EXCEEDED,
          403,
          "All that you have uploaded would take more room than this server gives you.");
    }
  }

  private void enter(Entry entry, MediaFile content) throws IOException {
    try {
      journal.write(
          transaction -> {
            entry.write(transaction, content);
            return content;
          });
    } catch (MatrixException e) {
      // The change was refused, so no row names the file. After any other failure one might.
      folder.delete(content.file());
      throw e;
    }
  }

  private MxcUri newUri() {
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    return new MxcUri(server, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  private String randomName() {
    byte[] bytes = new byte[FILE_BYTES];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static MatrixException unknown() {
    return MatrixException.notFound("There is no content with this id.");
  }

  private static MatrixException overwritten() {
    return new MatrixException(
        ErrorCode.M_CANNOT_OVERWRITE_MEDIA, "This id has content already, which never changes.");
  }
}
