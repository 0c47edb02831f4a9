package dev.sotto.homeserver.media;

import java.awt.image.BufferedImage;

/// A picture as rows of colours, each `0xAARRGGBB`.
final class Pixels {
  private final int width;
  private final int height;
  private final int[] colours;

  private Pixels(int width, int height, int[] colours) {
    this.width = width;
    this.height = height;
    this.colours = colours;
  }

  static Pixels of(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    return new Pixels(width, height, image.getRGB(0, 0, width, height, null, 0, width));
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /// Whether something behind the picture would show through.
  boolean isTranslucent() {
    for (int colour : colours) {
      if (colour >>> 24 != 0xFF) {
        return true;
      }
    }
    return false;
  }

  BufferedImage image() {
    int type = isTranslucent() ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB;
    BufferedImage image = new BufferedImage(width, height, type);
    image.setRGB(0, 0, width, height, colours, 0, width);
    return image;
  }

  /// The picture turned upright.
  ///
  /// @param orientation how it lies now, see [Exif]
  Pixels upright(int orientation) {
    if (orientation == Exif.UPRIGHT) {
      return this;
    }
    boolean sideways = Exif.isSideways(orientation);
    int newWidth = sideways ? height : width;
    int newHeight = sideways ? width : height;
    int[] turned = new int[colours.length];
    for (int y = 0; y < newHeight; y++) {
      for (int x = 0; x < newWidth; x++) {
        int sourceX =
            switch (orientation) {
              case 2, 3 -> width - 1 - x;
              case 5, 6 -> y;
              case 7, 8 -> width - 1 - y;
              default -> x;
            };
        int sourceY =
            switch (orientation) {
              case 3, 4 -> height - 1 - y;
              case 5, 8 -> x;
              case 6, 7 -> height - 1 - x;
              default -> y;
            };
        turned[y * newWidth + x] = colours[sourceY * width + sourceX];
      }
    }
    return new Pixels(newWidth, newHeight, turned);
  }

  /// What a [Fit] makes of this picture: each new pixel is the mean of those that it covers.
  Pixels fitted(Fit fit) {
    int left = (width - fit.cutWidth()) / 2;
    int top = (height - fit.cutHeight()) / 2;
    int[] fitted = new int[fit.width() * fit.height()];
    for (int y = 0; y < fit.height(); y++) {
      int fromY = top + (int) ((long) y * fit.cutHeight() / fit.height());
      int toY = top + (int) ((long) (y + 1) * fit.cutHeight() / fit.height());
      for (int x = 0; x < fit.width(); x++) {
        int fromX = left + (int) ((long) x * fit.cutWidth() / fit.width());
        int toX = left + (int) ((long) (x + 1) * fit.cutWidth() / fit.width());
        fitted[y * fit.width() + x] = mean(fromX, toX, fromY, toY);
      }
    }
    return new Pixels(fit.width(), fit.height(), fitted);
  }

  /// The mean colour of a rectangle, in which a pixel counts by how opaque it is: a see-through
  /// pixel has some colour too, which nobody sees.
  private int mean(int fromX, int toX, int fromY, int toY) {
    long alpha = 0;
    long red = 0;
    long green = 0;
    long blue = 0;
    for (int y = fromY; y < toY; y++) {
      for (int x = fromX; x < toX; x++) {
        int colour = colours[y * width + x];
        int weight = colour >>> 24;
        alpha += weight;
        red += (long) weight * (colour >>> 16 & 0xFF);
        green += (long) weight * (colour >>> 8 & 0xFF);
        blue += (long) weight * (colour & 0xFF);
      }
    }
    if (alpha == 0) {
      return 0;
    }
    long count = (long) (toX - fromX) * (toY - fromY);
    long half = alpha / 2;
    return (int)
        ((alpha + count / 2) / count << 24
            | (red + half) / alpha << 16
            | (green + half) / alpha << 8
            | (blue + half) / alpha);
  }
}
