package dev.sotto.client.terminal.screen;

import java.util.Optional;
import org.jline.utils.AttributedString;

/// Where lines are shown and typed. Lines may be shown by any thread; one thread asks.
public interface Screen extends AutoCloseable {
  /// Shows a line, above what is being typed. It has to be [Harmless].
  void show(AttributedString line);

  /// Shows a line without colours.
  default void show(String line) {
    show(new AttributedString(line));
  }

  /// The next line that is typed; empty when there are no more.
  ///
  /// @param prompt stands before what is typed, where somebody sees it
  Optional<String> line(AttributedString prompt);

  /// The answer to a question, which is not seen while it is typed; empty when nothing more is
  /// typed.
  Optional<String> secret(String question);

  /// Whether somebody sits there who sees and types, and not only a program.
  boolean isTerminal();

  @Override
  void close();
}
