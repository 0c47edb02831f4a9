package dev.sotto.homeserver.media;

/// How a picture is fitted to a wanted size: first cut to `cutWidth` x `cutHeight` around its
/// middle, then made smaller to `width` x `height`. Nothing is ever made larger.
record Fit(int cutWidth, int cutHeight, int width, int height) {

  static Fit of(int sourceWidth, int sourceHeight, ThumbnailRequest wanted) {
    return switch (wanted.method()) {
      case CROP -> crop(sourceWidth, sourceHeight, wanted.width(), wanted.height());
      case SCALE -> scale(sourceWidth, sourceHeight, wanted.width(), wanted.height());
    };
  }

  /// The largest part of the picture that has the wanted shape.
  private static Fit crop(int sourceWidth, int sourceHeight, int width, int height) {
    double factor = Math.min((double) sourceWidth / width, (double) sourceHeight / height);
    int cutWidth = clamp(width * factor, sourceWidth);
    int cutHeight = clamp(height * factor, sourceHeight);
    return new Fit(cutWidth, cutHeight, Math.min(width, cutWidth), Math.min(height, cutHeight));
  }

  /// The whole picture, as large as it can be inside the wanted size.
  private static Fit scale(int sourceWidth, int sourceHeight, int width, int height) {
    double factor =
        Math.min(1, Math.min((double) width / sourceWidth, (double) height / sourceHeight));
    return new Fit(
        sourceWidth,
        sourceHeight,
        clamp(sourceWidth * factor, sourceWidth),
        clamp(sourceHeight * factor, sourceHeight));
  }

  private static int clamp(double length, int most) {
    return Math.clamp(Math.round(length), 1, most);
  }

  /// By how much the picture becomes smaller; at least 1.
  double reduction() {
    return Math.min((double) cutWidth / width, (double) cutHeight / height);
  }
}
