package dev.sotto.homeserver.api.client;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The part of some content that a client asks for.
///
/// @param from the first byte
/// @param to the last byte
record ByteRange(long from, long to) {
  private static final Pattern ONE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

  /// A range that no content of this size has.
  static final ByteRange NONE = new ByteRange(0, -1);

  /// The range that a `Range` header asks for. Null if it asks for nothing in particular, or for
  /// several ranges: then all is sent, as RFC 9110 allows. [#NONE] if it lies beyond the end.
  static @Nullable ByteRange of(@Nullable String header, long size) {
    if (header == null) {
      return null;
    }
    Matcher matcher = ONE.matcher(header);
    if (!matcher.matches()) {
      return null;
    }
    String first = matcher.group(1);
    String last = matcher.group(2);
    if (first.isEmpty()) {
      return last.isEmpty() ? null : suffix(Long.parseLong(last), size);
    }
    long from = Long.parseLong(first);
    long to = last.isEmpty() ? size - 1 : Math.min(Long.parseLong(last), size - 1);
    if (!last.isEmpty() && Long.parseLong(last) < from) {
      return null;
    }
    return from >= size ? NONE : new ByteRange(from, to);
  }

  private static ByteRange suffix(long length, long size) {
    return length == 0 || size == 0 ? NONE : new ByteRange(Math.max(0, size - length), size - 1);
  }

  long length() {
    return to - from + 1;
  }
}
