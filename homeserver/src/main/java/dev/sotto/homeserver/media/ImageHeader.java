package dev.sotto.homeserver.media;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the first bytes of a picture say: its format and size, without decoding it.
///
/// @param animated whether it may hold more than one frame
/// @param orientation how it must be turned to be seen upright, see [Exif]
public record ImageHeader(Format format, int width, int height, boolean animated, int orientation) {

  /// The formats that are told apart.
  public enum Format {
    PNG("image/png"),
    JPEG("image/jpeg"),
    GIF("image/gif"),
    WEBP("image/webp");

    private final String contentType;

    Format(String contentType) {
      this.contentType = contentType;
    }

    public String contentType() {
      return contentType;
    }
  }

  /// The header of a picture that starts with `head`; empty if that is no picture, or too little of
  /// one to know its size.
  public static Optional<ImageHeader> of(byte[] head) {
    ImageHeader header;
    try {
      header = read(new Bytes(head));
    } catch (IndexOutOfBoundsException e) {
      return Optional.empty();
    }
    return Optional.ofNullable(header)
        .filter(found -> found.width > 0 && found.height > 0 && found.pixels() > 0);
  }

  long pixels() {
    return (long) width * height;
  }

  /// The width of the picture when it is upright.
  int uprightWidth() {
    return Exif.isSideways(orientation) ? height : width;
  }

  int uprightHeight() {
    return Exif.isSideways(orientation) ? width : height;
  }

  private static @Nullable ImageHeader read(Bytes in) {
    if (in.starts(0, "\u0089PNG\r\n\u001a\n")) {
      return png(in);
    }
    if (in.starts(0, "GIF87a") || in.starts(0, "GIF89a")) {
      // Frames can be counted only by walking through the whole file.
      return new ImageHeader(Format.GIF, in.little16(6), in.little16(8), true, Exif.UPRIGHT);
    }
    if (in.starts(0, "RIFF") && in.starts(8, "WEBP")) {
      return webp(in);
    }
    if (in.starts(0, "\u00ff\u00d8\u00ff")) {
      return jpeg(in);
    }
    return null;
  }

  private static @Nullable ImageHeader png(Bytes in) {
    if (!in.starts(12, "IHDR")) {
      return null;
    }
    boolean animated = false;
    long at = 8;
    while (at + 8 <= in.length() && !in.starts((int) at + 4, "IDAT")) {
      animated |= in.starts((int) at + 4, "acTL");
      at += 12 + (in.big32((int) at) & 0xFFFF_FFFFL);
    }
    return new ImageHeader(Format.PNG, in.big32(16), in.big32(20), animated, Exif.UPRIGHT);
  }

  private static @Nullable ImageHeader webp(Bytes in) {
    if (in.starts(12, "VP8X")) {
      boolean animated = (in.at(20) & 2) != 0;
      return new ImageHeader(
          Format.WEBP, in.little24(24) + 1, in.little24(27) + 1, animated, Exif.UPRIGHT);
    }
    if (in.starts(12, "VP8 ") && in.starts(23, "\u009d\u0001*")) {
      return new ImageHeader(
          Format.WEBP, in.little16(26) & 0x3FFF, in.little16(28) & 0x3FFF, false, Exif.UPRIGHT);
    }
    if (in.starts(12, "VP8L") && in.at(20) == 0x2F) {
      int bits = in.little16(21) | in.little16(23) << 16;
      return new ImageHeader(
          Format.WEBP, (bits & 0x3FFF) + 1, (bits >>> 14 & 0x3FFF) + 1, false, Exif.UPRIGHT);
    }
    return null;
  }

  private static @Nullable ImageHeader jpeg(Bytes in) {
    int orientation = Exif.UPRIGHT;
    int at = 2;
    while (in.at(at) == 0xFF) {
      int marker = in.at(at + 1);
      if (marker == 0xFF) {
        at++; // a fill byte
        continue;
      }
      if (isFrame(marker)) {
        return new ImageHeader(Format.JPEG, in.big16(at + 7), in.big16(at + 5), false, orientation);
      }
      int length = in.big16(at + 2);
      if (marker == 0xD9 || marker == 0xDA || length < 2) {
        return null; // the picture starts or ends before its size was said
      }
      if (marker == 0xE1 && in.starts(at + 4, "Exif\0\0")) {
        orientation = Exif.orientation(in, at + 10);
      }
      at += 2 + length;
    }
    return null;
  }

  private static boolean isFrame(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }

  /// Numbers and texts in an array of bytes.
  record Bytes(byte[] all) {
    int length() {
      return all.length;
    }

    int at(int index) {
      return all[index] & 0xFF;
    }

    int big16(int index) {
      return at(index) << 8 | at(index + 1);
    }

    int big32(int index) {
      return big16(index) << 16 | big16(index + 2);
    }

    int little16(int index) {
      return at(index) | at(index + 1) << 8;
    }

    int little24(int index) {
      return little16(index) | at(index + 2) << 16;
    }

    int little32(int index) {
      return little16(index) | little16(index + 2) << 16;
    }

    boolean starts(int from, String latin) {
      byte[] expected = latin.getBytes(StandardCharsets.ISO_8859_1);
      if (from < 0 || from + expected.length > all.length) {
        return false;
      }
      for (int i = 0; i < expected.length; i++) {
        if (all[from + i] != expected[i]) {
          return false;
        }
      }
      return true;
    }
  }
}
