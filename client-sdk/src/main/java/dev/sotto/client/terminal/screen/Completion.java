package dev.sotto.client.terminal.screen;

import java.util.List;

/// Completes what is typed when its user asks for it.
public interface Completion {
  /// One way to go on.
  ///
  /// @param value stands in the line afterwards
  /// @param hint shown beside it; may be empty
  /// @param whole whether there is nothing to follow, so that a space may
  record Choice(String value, String hint, boolean whole) {}

  /// Where in the line that begins which is completed at the cursor.
  int start(String line, int cursor);

  /// The ways to complete it, all of which begin with it.
  List<Choice> choices(String line, int cursor);
}
