package dev.sotto.client.terminal.screen;

import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;

/// Puts a line together: `new Line().add(Colour.OTHERS, name).add(": hello")`. Not for several
/// threads.
public final class Line {
  private final AttributedStringBuilder builder = new AttributedStringBuilder();

  /// With this text, which has to be [Harmless].
  public Line add(String text) {
    return add(Colour.PLAIN, text);
  }

  /// With this text in a colour.
  public Line add(Colour colour, String text) {
    builder.styled(colour.style(), text);
    return this;
  }

  /// The line.
  public AttributedString line() {
    return builder.toAttributedString();
  }
}
