package dev.sotto.client.session;

import org.jspecify.annotations.Nullable;

/// Where a session remembers up to which point it has dealt with the news.
public interface SyncPlace {
  /// The token last kept; null before the first answer.
  @Nullable String since();

  /// Keeps a token; it is on disk when this returns. The next request tells the server that all
  /// before it has arrived, to-device messages above all, so that it will not send them again.
  void keep(String since);
}
