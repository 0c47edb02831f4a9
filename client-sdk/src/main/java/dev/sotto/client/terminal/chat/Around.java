package dev.sotto.client.terminal.chat;

import dev.sotto.client.event.FileMessage;
import dev.sotto.protocol.id.UserId;

/// What is shown with an event beside what it says itself: where it happened, what people are
/// called there.
interface Around {
  /// The room's name; harmless.
  String room();

  /// Whether the room has to be named, as it is not the one that is looked at.
  boolean elsewhere();

  /// Whether what is said here should be encrypted.
  boolean encrypted();

  /// What to call a user; harmless.
  String name(UserId user);

  /// The number by which a file can be saved.
  int number(FileMessage file);
}
