package dev.sotto.homeserver.media;

import dev.sotto.protocol.error.ErrorCode;
import dev.sotto.protocol.error.MatrixException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.concurrent.Callable;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The making of one thumbnail, which can be broken off from another thread.
final class Decoding implements Callable<Decoding.Made> {
  /// The largest picture that is decoded. Beyond it a small file can ask for much memory.
  private static final long MAX_PIXELS = 40_000_000;

  private static final int MAX_SIDE = 32_768;

  /// What is held at once of a picture; of a larger one only every second or third pixel is read.
  private static final long MAX_HELD_PIXELS = 16_000_000;

  private static final Logger log = LoggerFactory.getLogger(Decoding.class);
  private static final float JPEG_QUALITY = 0.85f;

  /// A finished thumbnail.
  record Made(ImageHeader.Format format, byte[] bytes) {}

  private final Path file;
  private final ImageHeader header;
  private final ThumbnailRequest wanted;
  private @Nullable ImageReader reader;
  private boolean stopped;

  Decoding(Path file, ImageHeader header, ThumbnailRequest wanted) {
    this.file = file;
    this.header = header;
    this.wanted = wanted;
  }

  @Override
  public Made call() throws IOException {
    try {
      Pixels upright = decode().upright(header.orientation());
      Fit fit = Fit.of(upright.width(), upright.height(), wanted);
      return encode(upright.fitted(fit));
    } catch (IOException | RuntimeException e) {
      if (e instanceof MatrixException refused) {
        throw refused;
      }
      // The decoders meet broken files with many kinds of exceptions.
      log.debug("a picture could not be decoded", e);
      throw undecodable();
    }
  }

  /// Breaks the decoding off, so that [#call] fails soon.
  synchronized void stop() {
    stopped = true;
    if (reader != null) {
      reader.abort();
    }
  }

  private Pixels decode() throws IOException {
    Iterator<ImageReader> readers =
        ImageIO.getImageReadersByFormatName(header.format().name().toLowerCase(Locale.ROOT));
    if (!readers.hasNext()) {
      throw undecodable();
    }
    ImageReader found = readers.next();
    try (FileImageInputStream in = new FileImageInputStream(file.toFile())) {
      start(found);
      found.setInput(in, true, true);
      checkSize(found.getWidth(0), found.getHeight(0));
      ImageReadParam param = found.getDefaultReadParam();
      int step = step(found.getWidth(0), found.getHeight(0));
      param.setSourceSubsampling(step, step, 0, 0);
      BufferedImage image = found.read(0, param);
      checkNotStopped();
      return Pixels.of(image);
    } finally {
      finish(found);
    }
  }

  private synchronized void start(ImageReader started) {
    reader = started;
  }

  private synchronized void finish(ImageReader finished) {
    reader = null;
    finished.dispose();
  }

  private synchronized void checkNotStopped() {
    if (stopped) {
      throw undecodable();
    }
  }

  /// Refuses what is too large to be decoded. Also asked of the frame itself, which may be larger
  /// than the picture's own header says.
  static void checkSize(int width, int height) {
    if (width > MAX_SIDE || height > MAX_SIDE || (long) width * height > MAX_PIXELS) {
      throw tooLarge();
    }
  }

  /// How far apart the pixels are that are read: two for each of the thumbnail's are enough.
  private int step(int width, int height) {
    boolean sideways = Exif.isSideways(header.orientation());
    Fit fit = Fit.of(sideways ? height : width, sideways ? width : height, wanted);
    int step = Math.max(1, (int) (fit.reduction() / 2));
    while ((long) width / step * (height / step) > MAX_HELD_PIXELS) {
      step++;
    }
    return step;
  }

  private static Made encode(Pixels pixels) throws IOException {
    BufferedImage image = pixels.image();
    ImageHeader.Format format =
        image.getColorModel().hasAlpha() ? ImageHeader.Format.PNG : ImageHeader.Format.JPEG;
    ImageWriter writer =
        ImageIO.getImageWritersByFormatName(format.name().toLowerCase(Locale.ROOT)).next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam param = writer.getDefaultWriteParam();
      if (format == ImageHeader.Format.JPEG) {
        param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        param.setCompressionQuality(JPEG_QUALITY);
      }
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), param);
    } finally {
      writer.dispose();
    }
    return new Made(format, bytes.toByteArray());
  }

  static MatrixException tooLarge() {
    return MatrixException.tooLarge("This picture is too large for a thumbnail.");
  }

  static MatrixException undecodable() {
    return new MatrixException(
        ErrorCode.M_UNKNOWN, 400, "There can be no thumbnail of this content.");
  }
}
