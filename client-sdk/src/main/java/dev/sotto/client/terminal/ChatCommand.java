package dev.sotto.client.terminal;

import dev.sotto.client.terminal.chat.ChatProgram;
import dev.sotto.client.terminal.chat.ChatSettings;
import dev.sotto.client.terminal.screen.Pipes;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Chats from the terminal.
@Command(
    name = "chat",
    description = "Chat from the terminal, end-to-end encrypted.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the chat was ended",
      "1:it could not begin, or without a terminal a line could not be carried out",
      "2:the flags are wrong"
    },
    footer = {
      "",
      "The session and the keys are kept in ~/.local/share/sotto (or below",
      "XDG_DATA_HOME), sealed with a key file beside them, or with a passphrase",
      "if --passphrase was given at the first start. Where input or output is no",
      "terminal, plain lines are read and written.",
      "",
      "Variables: MATRIX_PASSWORD, MATRIX_PASSPHRASE and MATRIX_RECOVERY_KEY are",
      "taken instead of asking; NO_COLOR turns colours off."
    })
final class ChatCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--server",
      paramLabel = "URL",
      description = "The homeserver: its address, or its name. Without it, the one in --user.")
  private @Nullable String server;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      required = true,
      description = "Who you are there: @name:server, or only the name.")
  private String user = "";

  @Option(
      names = "--room",
      paramLabel = "ROOM",
      description = "The room to begin with: its id, address or name.")
  private @Nullable String room;

  @Option(
      names = "--passphrase",
      description = "Seal the keys on this machine with a passphrase, asked at each start.")
  private boolean passphrase;

  @Option(
      names = "--password-stdin",
      description = "The first line of the input is the account's password.")
  private boolean passwordFromInput;

  @Option(
      names = "--store",
      paramLabel = "FILE",
      description = "Keep the session and the keys in this file.")
  private @Nullable Path store;

  @Option(
      names = "--downloads",
      paramLabel = "DIR",
      description = "Where /save puts files (default: this folder).")
  private Path downloads = Path.of("");

  @Option(
      names = "--allow-clear-text",
      description = "Allow http to another machine: everyone on the way reads the password.")
  private boolean clearTextAllowed;

  @Option(
      names = "--server-moved",
      description = "Carry the session on at --server, which is another address than before.")
  private boolean serverMoved;

  @Override
  public Integer call() throws IOException {
    ChatProgram program = new ChatProgram(settings());
    if (Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent()) {
      return program.inTerminal();
    }
    return program.throughPipes(new Pipes(System.in, System.out));
  }

  private ChatSettings settings() {
    int colon = user.indexOf(':');
    String address = server;
    if (address == null) {
      if (!user.startsWith("@") || colon < 0) {
        throw Main.mistake(this, spec, "Which server? Give --server, or the whole id in --user.");
      }
      address = user.substring(colon + 1);
    }
    return ChatSettings.of(
        address,
        user,
        room,
        store,
        new ChatSettings.Wishes(passphrase, passwordFromInput, clearTextAllowed, serverMoved),
        downloads);
  }
}
