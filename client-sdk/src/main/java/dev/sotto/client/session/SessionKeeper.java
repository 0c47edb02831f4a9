package dev.sotto.client.session;

/// Where a session is kept between two runs of the program.
public interface SessionKeeper {
  /// Keeps the session, in place of what was kept of it before. It is on disk when this returns:
  /// tokens are used only after that.
  void keep(SavedSession session);

  /// Removes it, after a logout.
  void forget();
}
