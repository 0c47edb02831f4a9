package dev.sotto.homeserver.media;

import dev.sotto.homeserver.media.ImageHeader.Bytes;

/// Which way is up in a photograph: cameras store the picture as the sensor saw it, and beside it
/// how to turn it.
///
/// The values are those of the TIFF tag `Orientation`, from 1 (upright) to 8.
final class Exif {
  static final int UPRIGHT = 1;

  private static final int ORIENTATION_TAG = 0x0112;
  private static final int MAX_ENTRIES = 256;

  private Exif() {}

  /// Whether width and height change places when the picture is turned upright.
  static boolean isSideways(int orientation) {
    return orientation >= 5;
  }

  /// The orientation in a TIFF structure that starts at `start`; upright if it says none.
  static int orientation(Bytes in, int start) {
    boolean little = in.starts(start, "II");
    if (!little && !in.starts(start, "MM")) {
      return UPRIGHT;
    }
    int directory = start + (little ? in.little32(start + 4) : in.big32(start + 4));
    if (directory < start || directory + 2 > in.length()) {
      return UPRIGHT;
    }
    int entries = Math.min(MAX_ENTRIES, read16(in, directory, little));
    for (int i = 0; i < entries; i++) {
      int entry = directory + 2 + 12 * i;
      if (entry + 12 > in.length()) {
        return UPRIGHT;
      }
      if (read16(in, entry, little) == ORIENTATION_TAG) {
        int value = read16(in, entry + 8, little);
        return value >= 1 && value <= 8 ? value : UPRIGHT;
      }
    }
    return UPRIGHT;
  }

  private static int read16(Bytes in, int index, boolean little) {
    return little ? in.little16(index) : in.big16(index);
  }
}
