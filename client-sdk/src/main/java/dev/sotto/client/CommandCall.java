package dev.sotto.client;

import dev.sotto.client.Commands.UsageException;
import dev.sotto.client.event.TextMessage;
import dev.sotto.protocol.error.MatrixException;
import dev.sotto.protocol.id.EventId;
import dev.sotto.protocol.id.UserId;

/// A command as it was given. Its arguments are taken one after the other: words, or what stands in
/// double quotes. Not for several threads.
public final class CommandCall {
  private final Room room;
  private final TextMessage message;
  private final String name;
  private String left;

  CommandCall(Room room, TextMessage message, String name, String arguments) {
    this.room = room;
    this.message = message;
    this.name = name;
    this.left = arguments.strip();
  }

  /// Where it was given.
  public Room room() {
    return room;
  }

  /// The message that it was given by.
  public TextMessage message() {
    return message;
  }

  /// Who has given it.
  public UserId sender() {
    return message.sender();
  }

  /// Its name, as it was written.
  public String name() {
    return name;
  }

  /// Whether there are arguments left.
  public boolean hasNext() {
    return !left.isEmpty();
  }

  /// The next argument.
  ///
  /// @throws UsageException if there is none
  public String next() {
    if (left.isEmpty()) {
      throw new UsageException("There is something missing.");
    }
    boolean quoted = left.startsWith("\"");
    int end = quoted ? left.indexOf('"', 1) : endOfWord();
    if (end < 0) {
      throw new UsageException("A quote does not end.");
    }
    String argument = left.substring(quoted ? 1 : 0, end);
    left = left.substring(quoted ? end + 1 : end).strip();
    return argument;
  }

  private int endOfWord() {
    for (int i = 0; i < left.length(); i++) {
      if (Character.isWhitespace(left.charAt(i))) {
        return i;
      }
    }
    return left.length();
  }

  /// The next argument as a number.
  ///
  /// @throws UsageException if there is none, or it is no number
  public int integer() {
    String argument = next();
    try {
      return Integer.parseInt(argument);
    } catch (NumberFormatException _) {
      throw new UsageException("'" + argument + "' is not a number.");
    }
  }

  /// The next argument as a user's id.
  ///
  /// @throws UsageException if there is none, or it is no such id
  public UserId user() {
    String argument = next();
    try {
      return new UserId(argument);
    } catch (MatrixException _) {
      throw new UsageException("'" + argument + "' is not like @name:server.");
    }
  }

  /// All that is left, as it was written.
  ///
  /// @throws UsageException if there is nothing
  public String rest() {
    if (left.isEmpty()) {
      throw new UsageException("There is something missing.");
    }
    String rest = left;
    left = "";
    return rest;
  }

  /// Answers, as a notice in the thread of the command if that stands in one.
  public EventId reply(String text) {
    return room.send(Draft.notice(text).replyTo(message));
  }

  /// The name and the sender.
  @Override
  public String toString() {
    return name + " of " + sender();
  }
}
