package dev.sotto.client;

import dev.sotto.client.event.TextMessage;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/// What people can ask of a program by messages that begin with a sign:
///
/// ```java
/// client.commands("!")
///     .on("ping", "says pong", call -> call.reply("pong"))
///     .on("remind", "remind <minutes> <text>", call -> remind(call.integer(), call.rest()));
/// ```
///
/// Of what others have said only plain messages count, no notices, edits or own messages. `help` is
/// there from the beginning and lists the others. A command that is not known is passed over in
/// silence: it may be meant for another program in the room.
public final class Commands implements Subscription {
  /// Carries a command out.
  @FunctionalInterface
  public interface Handler {
    /// Carries it out; a [UsageException] is told to the asker, what else is thrown goes to
    /// [MatrixClient#onProblem].
    void handle(CommandCall call) throws Exception;
  }

  /// The asker has asked in a wrong way, which its message explains to them.
  public static final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// The asker is told this sentence.
    public UsageException(String sentence) {
      super(sentence, null, false, false);
    }
  }

  /// Decides who may give a command.
  @FunctionalInterface
  public interface Permission {
    /// Whether this command is to be carried out.
    boolean allows(CommandCall call);
  }

  private record Command(String help, Handler handler) {}

  private final String sign;
  private final Map<String, Command> commands = new ConcurrentHashMap<>();
  private final Subscription heard;
  private final List<Permission> permissions = new CopyOnWriteArrayList<>();

  /// @param listen has a handler hear what others say
  Commands(String sign, Function<RoomHandler<TextMessage>, Subscription> listen) {
    if (sign.isBlank()) {
      throw new IllegalArgumentException("Commands begin with a sign, such as '!'.");
    }
    this.sign = sign;
    on("help", "shows what there is", call -> call.reply(help()));
    heard = Handlers.once(listen.apply(this::handle));
  }

  /// Adds a command, in place of one of the same name.
  ///
  /// @param name one word; case does not matter
  /// @param help how it is used, for the list
  public Commands on(String name, String help, Handler handler) {
    if (!name.matches("\\S+")) {
      throw new IllegalArgumentException("A command's name is one word.");
    }
    commands.put(name.toLowerCase(Locale.ROOT), new Command(help, handler));
    return this;
  }

  /// Carries out only what this permits, and passes over everything else in silence. For example
  /// what certain people say, on devices that are theirs for sure: `call ->
  /// admins.contains(call.sender()) && call.message().trust() == Trust.VERIFIED`. Where several
  /// parts of a program say so, each of them has to permit it.
  public Commands allow(Permission permission) {
    permissions.add(permission);
    return this;
  }

  private String help() {
    StringBuilder list = new StringBuilder();
    new TreeMap<>(commands)
        .forEach(
            (name, command) ->
                list.append(list.isEmpty() ? "" : "\n")
                    .append(sign)
                    .append(name)
                    .append(" - ")
                    .append(command.help));
    return list.toString();
  }

  /// Carries out what a message asks for, if it asks for something.
  void handle(Room room, TextMessage message) throws Exception {
    String text = message.text().strip();
    if (message.kind() != TextMessage.Kind.TEXT || !text.startsWith(sign)) {
      return;
    }
    String[] parts = text.substring(sign.length()).split("\\s+", 2);
    Command command = commands.get(parts[0].toLowerCase(Locale.ROOT));
    if (command == null) {
      return;
    }
    String rest = parts.length > 1 ? parts[1] : "";
    CommandCall call = new CommandCall(room, message, parts[0], rest);
    if (!permissions.stream().allMatch(permission -> permission.allows(call))) {
      return;
    }
    try {
      command.handler.handle(call);
    } catch (UsageException e) {
      call.reply(e.getMessage() + "\n" + sign + parts[0] + " - " + command.help);
    }
  }

  /// Takes all of them away.
  @Override
  public void close() {
    heard.close();
  }

  /// The names of all commands.
  public List<String> names() {
    return commands.keySet().stream().sorted().toList();
  }
}
