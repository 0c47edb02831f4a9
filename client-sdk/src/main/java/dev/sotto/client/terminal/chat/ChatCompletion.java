package dev.sotto.client.terminal.chat;

import dev.sotto.client.Invitation;
import dev.sotto.client.Member;
import dev.sotto.client.Room;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.terminal.screen.Completion;
import dev.sotto.client.terminal.screen.Harmless;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Completes orders, and behind them rooms, people and paths; elsewhere the names of those who are
/// in the room.
final class ChatCompletion implements Completion {
  private static final int MOST = 200;

  private volatile @Nullable Chat chat;

  /// Completes for this chat from now on.
  void serve(Chat served) {
    this.chat = served;
  }

  @Override
  public int start(String line, int cursor) {
    String typed = line.substring(0, cursor);
    int space = typed.indexOf(' ');
    if (!typed.startsWith("/") || typed.startsWith("/create ")) {
      return typed.lastIndexOf(' ') + 1;
    }
    if (space < 0) {
      return 0;
    }
    int start = space + 1;
    while (start < cursor && typed.charAt(start) == ' ') {
      start++;
    }
    return start;
  }

  @Override
  public List<Choice> choices(String line, int cursor) {
    Chat served = chat;
    if (served == null) {
      return List.of();
    }
    int start = start(line, cursor);
    String begun = line.substring(start, cursor);
    List<Choice> all;
    try {
      all = all(served, line, start, begun);
    } catch (MatrixRequestException _) {
      all = List.of();
    }
    String lower = begun.toLowerCase(Locale.ROOT);
    return all.stream()
        .filter(choice -> choice.value().toLowerCase(Locale.ROOT).startsWith(lower))
        .limit(MOST)
        .toList();
  }

  private static List<Choice> all(Chat chat, String line, int start, String begun) {
    if (!line.startsWith("/")) {
      return begun.isEmpty() ? List.of() : members(chat, false);
    }
    if (start == 0) {
      return chat.orders().all().stream()
          .map(order -> new Choice("/" + order.name(), order.help(), true))
          .toList();
    }
    String name = line.substring(1, line.indexOf(' ')).toLowerCase(Locale.ROOT);
    Optional<Orders.Order> order = chat.orders().find(name);
    if (order.isEmpty()) {
      return List.of();
    }
    return switch (order.get().subject()) {
      case NOTHING -> List.of();
      case ROOM -> rooms(chat);
      case INVITATION -> invitations(chat);
      case PERSON -> begun.startsWith("@") ? members(chat, true) : List.of();
      case PATH -> paths(begun);
    };
  }

  private static List<Choice> rooms(Chat chat) {
    return chat.rooms().stream().map(room -> new Choice(RoomNames.of(room), "", true)).toList();
  }

  private static List<Choice> invitations(Chat chat) {
    List<Choice> choices = new ArrayList<>();
    for (Invitation invitation : chat.client().invitations()) {
      choices.add(
          new Choice(Harmless.line(invitation.roomId().value()), Chat.describe(invitation), true));
    }
    return choices;
  }

  private static List<Choice> members(Chat chat, boolean ids) {
    List<Choice> choices = new ArrayList<>();
    Supplier<List<Room>> rooms = ids ? chat::rooms : () -> chat.looked().stream().toList();
    for (Room room : rooms.get()) {
      for (Member member : room.members()) {
        String name = Harmless.name(member.name(), member.user().value());
        Choice choice =
            ids ? new Choice(Names.id(member.user()), name, true) : new Choice(name, "", true);
        if (!choices.contains(choice) && !member.user().equals(chat.client().user())) {
          choices.add(choice);
        }
      }
    }
    return choices;
  }

  static List<Choice> paths(String begun) {
    int slash = begun.lastIndexOf('/') + 1;
    String folder = begun.substring(0, slash);
    List<Choice> choices = new ArrayList<>();
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(FileOrders.path(folder.isEmpty() ? "." : folder))) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        boolean shown = !name.startsWith(".") || begun.startsWith(".", slash);
        // A name that cannot be shown as it is cannot be typed either.
        if (shown && Harmless.line(name).equals(name) && choices.size() < MOST) {
          boolean isFolder = Files.isDirectory(entry);
          choices.add(new Choice(folder + name + (isFolder ? "/" : ""), "", !isFolder));
        }
      }
    } catch (IOException | Complaint _) {
      return List.of();
    }
    return choices;
  }
}
