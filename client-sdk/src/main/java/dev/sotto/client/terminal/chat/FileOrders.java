package dev.sotto.client.terminal.chat;

import dev.sotto.client.terminal.screen.Harmless;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The orders that are about files.
final class FileOrders {
  private static final Pattern NUMBERED = Pattern.compile("(\\d{1,6})(?:\\s+(.*))?");

  private final Chat chat;

  FileOrders(Chat chat) {
    this.chat = chat;
  }

  void send(String rest) throws IOException {
    Path file = path(Orders.require(rest, "Which one? /file PATH"));
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new Complaint("There is no file " + Harmless.line(file.toString()) + " to be read.");
    }
    chat.send(file);
  }

  void save(String rest) throws IOException {
    Matcher numbered = NUMBERED.matcher(rest);
    int number = chat.files().last();
    String where = rest;
    if (numbered.matches()) {
      number = Integer.parseInt(numbered.group(1));
      where = numbered.group(2) == null ? "" : numbered.group(2);
    }
    if (number == 0) {
      throw new Complaint("No file was received yet.");
    }
    Path saved =
        chat.files().save(number, where.isEmpty() ? chat.downloads() : path(where.strip()));
    chat.tell("Saved as " + Harmless.line(saved.toString()));
  }

  /// A path as it is typed: also below the home folder, and in quotes.
  static Path path(String typed) {
    String path = typed.replaceFirst("^\"(.*)\"$", "$1");
    if (path.equals("~") || path.startsWith("~/")) {
      path = Place.home(System.getenv()) + path.substring(1);
    }
    try {
      return Path.of(path);
    } catch (InvalidPathException _) {
      throw new Complaint("That is no path.");
    }
  }
}
