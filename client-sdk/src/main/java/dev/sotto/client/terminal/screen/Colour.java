package dev.sotto.client.terminal.screen;

import org.jline.utils.AttributedStyle;

/// What is told apart by colour. Nothing is told by colour alone.
public enum Colour {
  /// As the terminal has it.
  PLAIN,
  /// What is beside the point: times, names of rooms.
  FAINT,
  /// The name of somebody else.
  OTHERS,
  /// One's own name.
  OWN,
  /// What is as it should be.
  GOOD,
  /// What is to be looked at.
  WARNING,
  /// What is wrong, or dangerous.
  DANGER,
  /// What stands out.
  STRONG;

  AttributedStyle style() {
    AttributedStyle plain = AttributedStyle.DEFAULT;
    return switch (this) {
      case PLAIN -> plain;
      case FAINT -> plain.foreground(AttributedStyle.BRIGHT + AttributedStyle.BLACK);
      case OTHERS -> plain.foreground(AttributedStyle.CYAN);
      case OWN -> plain.foreground(AttributedStyle.GREEN);
      case GOOD -> plain.foreground(AttributedStyle.GREEN).bold();
      case WARNING -> plain.foreground(AttributedStyle.YELLOW);
      case DANGER -> plain.foreground(AttributedStyle.RED).bold();
      case STRONG -> plain.bold();
    };
  }
}
