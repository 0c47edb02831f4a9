package dev.sotto.homeserver.media;

import dev.sotto.protocol.error.MatrixException;
import org.jspecify.annotations.Nullable;

/// Decides what of an upload is kept beside its bytes, and whether it is kept at all.
@FunctionalInterface
public interface MediaGate {
  /// How many of a file's first bytes the gate is shown.
  int HEAD_BYTES = 256 * 1024;

  /// An upload that has come in whole.
  ///
  /// @param contentType the type that the client claims, well-formed, or null
  /// @param fileName the name that the client gives, or null
  /// @param head the file's first bytes, all of them where it is short
  record Offer(
      @Nullable String contentType, @Nullable String fileName, long sizeBytes, byte[] head) {}

  /// What the file will be served as.
  ///
  /// @throws MatrixException if it is not to be kept
  MediaLabel admit(Offer offer);

  /// Keeps everything as it is claimed to be.
  static MediaGate asClaimed() {
    return offer ->
        new MediaLabel(
            offer.contentType == null ? MediaLabel.OCTET_STREAM : offer.contentType,
            offer.fileName);
  }

  /// Keeps bytes without type and name, since those of an encrypted file are inside it. Only a
  /// picture, which avatars need in the clear, is known as one, and must be small.
  ///
  /// @param maxImageBytes the largest picture
  static MediaGate blind(long maxImageBytes) {
    return offer -> {
      ImageHeader image = ImageHeader.of(offer.head).orElse(null);
      if (image == null) {
        return MediaLabel.OPAQUE;
      }
      if (offer.sizeBytes > maxImageBytes) {
        throw MatrixException.forbidden(
            "This server only accepts end-to-end encrypted files. A picture that is not encrypted,"
                + " such as an avatar, may have at most "
                + maxImageBytes
                + " bytes.");
      }
      return new MediaLabel(image.format().contentType(), null);
    };
  }
}
