package dev.sotto.homeserver.media;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;

/// Pictures to test with.
final class Pictures {
  /// One red pixel, 16 by 16 of them, lossless.
  static final byte[] WEBP =
      Base64.getDecoder().decode("UklGRh4AAABXRUJQVlA4TBEAAAAvD8ADAAfQ/4r+D/8jov+BAAA=");

  private Pictures() {}

  /// A picture whose left half is red and whose right half is blue.
  static BufferedImage halves(int width, int height, int type) {
    BufferedImage image = new BufferedImage(width, height, type);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, (x < width / 2 ? Color.RED : Color.BLUE).getRGB());
      }
    }
    return image;
  }

  static byte[] png(int width, int height) {
    return encode(halves(width, height, BufferedImage.TYPE_INT_RGB), "png");
  }

  static byte[] jpeg(int width, int height) {
    return encode(halves(width, height, BufferedImage.TYPE_INT_RGB), "jpg");
  }

  static byte[] gif(int width, int height) {
    return encode(halves(width, height, BufferedImage.TYPE_BYTE_INDEXED), "gif");
  }

  static byte[] seeThrough(int width, int height) {
    return encode(new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB), "png");
  }

  /// A JPEG that a camera held in another way has marked as such.
  static byte[] turnedJpeg(int width, int height, int orientation) {
    byte[] plain = jpeg(width, height);
    ByteBuffer exif = ByteBuffer.allocate(36);
    exif.putShort((short) 0xFFE1).putShort((short) 34);
    exif.put("Exif\0\0MM\0*".getBytes(StandardCharsets.ISO_8859_1));
    exif.putInt(8).putShort((short) 1);
    exif.putShort((short) 0x0112).putShort((short) 3).putInt(1).putShort((short) orientation);
    exif.putShort((short) 0).putInt(0);
    ByteBuffer turned = ByteBuffer.allocate(plain.length + 36);
    return turned.put(plain, 0, 2).put(exif.array()).put(plain, 2, plain.length - 2).array();
  }

  /// A PNG that says to be of this size, and holds nothing.
  static byte[] hollowPng(int width, int height) {
    ByteBuffer header = ByteBuffer.allocate(17);
    header.put("IHDR".getBytes(StandardCharsets.US_ASCII));
    header.putInt(width).putInt(height).put(new byte[] {8, 2, 0, 0, 0});
    CRC32 sum = new CRC32();
    sum.update(header.array());
    ByteBuffer png = ByteBuffer.allocate(33);
    png.put(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
    return png.putInt(13).put(header.array()).putInt((int) sum.getValue()).array();
  }

  static byte[] encode(BufferedImage image, String format) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, format, bytes)) {
        throw new IllegalStateException("nothing writes " + format);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
