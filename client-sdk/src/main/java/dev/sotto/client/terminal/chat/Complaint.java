package dev.sotto.client.terminal.chat;

/// What was asked for cannot be done; the message tells the user why.
final class Complaint extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// @param sentence for the user; has to be harmless
  Complaint(String sentence) {
    super(sentence, null, false, false);
  }
}
