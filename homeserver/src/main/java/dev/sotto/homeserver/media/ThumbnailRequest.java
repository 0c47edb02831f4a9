package dev.sotto.homeserver.media;

import dev.sotto.protocol.error.MatrixException;

/// The thumbnail that somebody would like to have.
///
/// @param animated whether it may move
/// @spec https://spec.matrix.org/v1.19/client-server-api/#thumbnails
public record ThumbnailRequest(int width, int height, Method method, boolean animated) {
  private static final int MAX_SIDE = 100_000;

  /// How a picture is fitted to a size: cut to its shape, or shown whole.
  public enum Method {
    CROP,
    SCALE;

    /// The method of this name; `M_INVALID_PARAM` if there is none.
    public static Method named(String name) {
      return switch (name) {
        case "crop" -> CROP;
        case "scale" -> SCALE;
        default -> throw MatrixException.invalidParam("'method' must be crop or scale.");
      };
    }
  }

  /// Checks the size as it stands in a request.
  public static ThumbnailRequest of(long width, long height, Method method, boolean animated) {
    if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE) {
      throw MatrixException.invalidParam(
          "'width' and 'height' must be between 1 and " + MAX_SIDE + ".");
    }
    return new ThumbnailRequest((int) width, (int) height, method, animated);
  }
}
