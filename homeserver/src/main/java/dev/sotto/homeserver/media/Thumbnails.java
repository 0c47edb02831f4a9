package dev.sotto.homeserver.media;

import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import java.io.ByteArrayInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Small pictures of pictures, made once and kept on disk.
///
/// Decoders are where a stranger's bytes do most harm, so little is asked of them: a picture's size
/// is read from its first bytes before anything is decoded, few are decoded at once, each for a
/// limited time, and a picture that would do as it is is sent as it is.
///
/// @spec https://spec.matrix.org/v1.19/client-server-api/#thumbnails
final class Thumbnails implements AutoCloseable {
  private static final int THREADS = 2;
  private static final int QUEUED = 64;
  private static final long MAX_SECONDS = 15;
  private static final int HEADER_BYTES = 1024 * 1024;
  private static final long MAX_ANIMATION_BYTES = 8 * 1024 * 1024;

  /// Sizes that are made: a wanted one is rounded up, so that there are few for each picture.
  private static final int[] SIDES = {32, 48, 64, 96, 128, 192, 256, 320, 480, 640, 800, 1024};

  /// How many sizes of one picture are kept; shapes are many, and a client may ask for them all.
  private static final int MAX_KEPT = 40;

  private final MediaFolder folder;
  private final Supplier<String> temporaryNames;
  private final ThreadPoolExecutor decoders =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          30,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(QUEUED),
          Thread.ofPlatform().name("thumbnails").daemon().factory());

  /// @param temporaryNames gives names for files that are still written
  Thumbnails(MediaFolder folder, Supplier<String> temporaryNames) {
    this.folder = folder;
    this.temporaryNames = temporaryNames;
    decoders.allowCoreThreadTimeOut(true);
  }

  /// A thumbnail at least as large as wanted, or the picture itself where it is no larger.
  ///
  /// @throws MatrixException `M_UNKNOWN` with status 400 if the content is no picture that can be
  ///   decoded, `M_TOO_LARGE` if it is too large, `M_LIMIT_EXCEEDED` if too many are being made
  Thumbnail of(MediaFile content, ThumbnailRequest wanted) throws IOException {
    ImageHeader header = ImageHeader.of(head(content)).orElseThrow(Decoding::undecodable);
    if (sufficesAsItIs(content, header, wanted)) {
      return new Thumbnail(
          header.format().contentType(), content.sizeBytes(), folder.open(content.file(), 0));
    }
    Decoding.checkSize(header.width(), header.height());
    ThumbnailRequest rounded = rounded(wanted);
    Path kept = folder.thumbnailFolder(content.file());
    String name = name(rounded);
    for (ImageHeader.Format format :
        new ImageHeader.Format[] {ImageHeader.Format.JPEG, ImageHeader.Format.PNG}) {
      Path file = kept.resolve(name + "." + format.name());
      if (Files.exists(file)) {
        return new Thumbnail(
            format.contentType(), Files.size(file), new FileInputStream(file.toFile()));
      }
    }
    Decoding.Made made = make(new Decoding(folder.contentFile(content.file()), header, rounded));
    if (count(kept) < MAX_KEPT) {
      folder.keepThumbnail(
          temporaryNames.get(), made.bytes(), kept.resolve(name + "." + made.format().name()));
    }
    return new Thumbnail(
        made.format().contentType(), made.bytes().length, new ByteArrayInputStream(made.bytes()));
  }

  private byte[] head(MediaFile content) throws IOException {
    try (InputStream in = folder.open(content.file(), 0)) {
      return in.readNBytes(HEADER_BYTES);
    }
  }

  private static boolean sufficesAsItIs(
      MediaFile content, ImageHeader header, ThumbnailRequest wanted) {
    if (header.animated()) {
      return wanted.animated() && content.sizeBytes() <= MAX_ANIMATION_BYTES;
    }
    // A thumbnail must not be smaller than wanted, and none is made that is larger than the
    // largest.
    return Math.max(wanted.width(), wanted.height()) > SIDES[SIDES.length - 1]
        || wanted.width() >= header.uprightWidth() && wanted.height() >= header.uprightHeight();
  }

  /// The next larger size that is made, in the same shape.
  private static ThumbnailRequest rounded(ThumbnailRequest wanted) {
    int side = Math.max(wanted.width(), wanted.height());
    int larger = SIDES[SIDES.length - 1];
    for (int i = SIDES.length - 1; i >= 0 && SIDES[i] >= side; i--) {
      larger = SIDES[i];
    }
    return new ThumbnailRequest(
        Math.max(1, Math.ceilDiv(wanted.width() * larger, side)),
        Math.max(1, Math.ceilDiv(wanted.height() * larger, side)),
        wanted.method(),
        false);
  }

  private static String name(ThumbnailRequest size) {
    return size.width() + "x" + size.height() + "-" + size.method();
  }

  private static long count(Path kept) throws IOException {
    if (!Files.isDirectory(kept)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(kept)) {
      return files.count();
    }
  }

  private Decoding.Made make(Decoding decoding) throws IOException {
    Future<Decoding.Made> made;
    try {
      made = decoders.submit(decoding);
    } catch (RejectedExecutionException e) {
      throw new MatrixException(
          ErrorCode.M_LIMIT_EXCEEDED,
          "Too many thumbnails are being made; try again later.",
          Map.of("retry_after_ms", 2000L));
    }
    try {
      return made.get(MAX_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof MatrixException refused) {
        throw refused;
      }
      throw new IOException("a thumbnail could not be made", e);
    } catch (TimeoutException e) {
      throw Decoding.tooLarge();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a thumbnail was made", e);
    } finally {
      // In time it does nothing; else it frees the thread, or takes the work out of the queue.
      made.cancel(false);
      decoding.stop();
    }
  }

  @Override
  public void close() {
    decoders.shutdownNow();
  }
}
