package dev.sotto.client.session;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Keeps a session's bytes, as a file would.
final class MemoryKeeper implements SessionKeeper {
  private final List<byte[]> versions = new ArrayList<>();

  @Override
  public void keep(SavedSession session) {
    versions.add(session.encode());
  }

  @Override
  public void forget() {
    versions.clear();
  }

  /// The session last kept; null if there is none.
  @Nullable SavedSession last() {
    return versions.isEmpty() ? null : SavedSession.decode(versions.getLast());
  }
}
