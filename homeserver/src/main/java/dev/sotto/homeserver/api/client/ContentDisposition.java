package dev.sotto.homeserver.api.client;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The header that tells a browser whether to show content or to save it, and under which name.
final class ContentDisposition {
  /// What a browser may show: types that it never takes for a page with scripts.
  ///
  /// @spec https://spec.matrix.org/v1.19/client-server-api/#serving-inline-content
  private static final Set<String> INLINE =
      Set.of(
          "text/css",
          "text/plain",
          "text/csv",
          "application/json",
          "application/ld+json",
          "image/jpeg",
          "image/gif",
          "image/png",
          "image/apng",
          "image/webp",
          "image/avif",
          "video/mp4",
          "video/webm",
          "video/ogg",
          "video/quicktime",
          "audio/mp4",
          "audio/webm",
          "audio/aac",
          "audio/mpeg",
          "audio/ogg",
          "audio/wave",
          "audio/wav",
          "audio/x-wav",
          "audio/x-pn-wav",
          "audio/flac",
          "audio/x-flac");

  private static final String UNRESERVED =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&+-.^_`|~";

  private ContentDisposition() {}

  /// The value for content of this type.
  static String of(String contentType, @Nullable String fileName) {
    String essence = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    String disposition = INLINE.contains(essence) ? "inline" : "attachment";
    return fileName == null ? disposition : disposition + "; " + name(fileName);
  }

  /// The name as RFC 6266 wants it: quoted where ASCII will do, else encoded as RFC 8187 says, with
  /// an ASCII likeness before it for those who do not know that.
  private static String name(String fileName) {
    if (fileName.chars().allMatch(ContentDisposition::isPlain)) {
      return "filename=\"" + fileName + "\"";
    }
    StringBuilder likeness = new StringBuilder();
    fileName.codePoints().forEach(c -> likeness.appendCodePoint(isPlain(c) ? c : '_'));
    return "filename=\"" + likeness + "\"; filename*=utf-8''" + encode(fileName);
  }

  /// Whether a character means itself, and nothing else, between quotes.
  private static boolean isPlain(int c) {
    return c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '%';
  }

  private static String encode(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (UNRESERVED.indexOf((char) b) >= 0) {
        encoded.append((char) b);
      } else {
        encoded.append(String.format(Locale.ROOT, "%%%02X", b & 0xFF));
      }
    }
    return encoded.toString();
  }
}
