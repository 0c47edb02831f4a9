package dev.sotto.client.terminal.chat;

import dev.sotto.client.MatrixClient;
import dev.sotto.client.error.MatrixRequestException;
import dev.sotto.client.error.StoreException;
import dev.sotto.client.terminal.screen.Colour;
import dev.sotto.client.terminal.screen.Line;
import dev.sotto.client.terminal.screen.LiveTerminal;
import dev.sotto.client.terminal.screen.Pipes;
import dev.sotto.client.terminal.screen.Screen;
import dev.sotto.protocol.error.MatrixException;
import java.io.IOException;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Optional;

/// The chat from its start to its end.
public final class ChatProgram {
  private final ChatSettings settings;
  private final ChatCompletion completion = new ChatCompletion();

  /// @param settings what it is started with
  public ChatProgram(ChatSettings settings) {
    this.settings = settings;
  }

  /// Runs in the terminal that the process was started in.
  ///
  /// @return the exit code: 0, or 1 if the chat could not begin
  public int inTerminal() throws IOException {
    boolean coloured = settings.variable("NO_COLOR").isEmpty();
    try (LiveTerminal terminal = LiveTerminal.open(completion, coloured)) {
      return run(terminal, Optional.empty());
    }
  }

  /// Runs with lines that come in and go out.
  ///
  /// @return the exit code: 0, or 1 if the chat could not begin or a line could not be carried out
  public int throughPipes(Pipes pipes) {
    Optional<String> first =
        settings.wishes().passwordFromInput() ? pipes.next() : Optional.empty();
    return run(pipes, first);
  }

  private int run(Screen screen, Optional<String> firstLine) {
    Entrance entrance = new Entrance(settings, screen, firstLine);
    try {
      return run(screen, entrance);
    } catch (MatrixRequestException | MatrixException | StoreException | Complaint e) {
      complain(screen, Sentences.of(e));
    } catch (IOException | IllegalStateException | IllegalArgumentException e) {
      complain(screen, Sentences.of(e));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    return 1;
  }

  private void complain(Screen screen, String sentence) {
    screen.show(new Line().add(Colour.DANGER, sentence).line());
  }

  private int run(Screen screen, Entrance entrance) throws IOException, InterruptedException {
    try {
      return run(screen, entrance, false);
    } catch (MatrixRequestException e) {
      if (e.isSoftLogout()) {
        return run(screen, entrance, true);
      }
      throw e;
    }
  }

  /// @param again whether the session is to be renewed with the password
  private int run(Screen screen, Entrance entrance, boolean again)
      throws IOException, InterruptedException {
    MatrixClient client = entrance.open(again);
    // What a signal interrupts is ended in order as well.
    Thread end = new Thread(client::close, "end");
    Runtime.getRuntime().addShutdownHook(end);
    try (client) {
      Chat chat =
          new Chat(client, screen, settings.downloads(), Clock.system(ZoneId.systemDefault()));
      completion.serve(chat);
      chat.start();
      boolean done = chat.run(settings.room(), settings.variable(ChatSettings.RECOVERY_KEY));
      // Who sits there has seen what went wrong; a script has only this.
      return done || screen.isTerminal() ? 0 : 1;
    } finally {
      forget(end);
    }
  }

  private static void forget(Thread end) {
    try {
      Runtime.getRuntime().removeShutdownHook(end);
    } catch (IllegalStateException _) {
      // The process is ending: the hook is what ends it.
    }
  }
}
