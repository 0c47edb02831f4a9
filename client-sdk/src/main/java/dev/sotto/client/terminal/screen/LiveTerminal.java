package dev.sotto.client.terminal.screen;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;

/// A terminal with somebody before it: lines are edited and completed, and what others say comes
/// above the line that is being typed.
///
/// What was typed before is remembered while the program runs, and never kept in a file: it is what
/// is sent encrypted.
public final class LiveTerminal implements Screen {
  private static final Duration LONG = Duration.ofSeconds(3);

  private final Terminal terminal;
  private final LineReader reader;
  private final LineReader questions;
  private final boolean coloured;
  private final Duration patience;
  private Thread consolation;

  /// @param patience after which whoever waits is told that there is something to wait for
  LiveTerminal(Terminal terminal, Completion completion, boolean coloured, Duration patience) {
    this.terminal = terminal;
    this.patience = patience;
    this.reader =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .parser(Typed.parser(completion::start))
            .completer(completer(completion))
            // Without this an exclamation mark would call up what was typed before.
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            // What was typed is shown again when it was sent, with its time.
            .option(LineReader.Option.ERASE_LINE_ON_FINISH, true)
            .option(LineReader.Option.HISTORY_IGNORE_SPACE, true)
            .option(LineReader.Option.AUTO_FRESH_LINE, false)
            .build();
    this.questions =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .variable(LineReader.DISABLE_HISTORY, true)
            .variable(LineReader.DISABLE_COMPLETION, true)
            .build();
    boolean dumb = terminal.getType().startsWith(Terminal.TYPE_DUMB);
    this.coloured = coloured && !dumb;
    if (!dumb) {
      // What is typed while nothing is asked for waits for its turn, and is not shown twice.
      terminal.echo(false);
    }
    this.consolation = consoleLater();
  }

  /// The terminal that this process was started in.
  ///
  /// @param coloured whether colours are wanted, where it has any
  /// @throws IOException if there is none
  public static LiveTerminal open(Completion completion, boolean coloured) throws IOException {
    Terminal terminal =
        TerminalBuilder.builder()
            .name("sotto")
            .system(true)
            // Whatever the locale says: what is typed is sent, and must not become question marks.
            .encoding(StandardCharsets.UTF_8)
            .stdinEncoding(StandardCharsets.UTF_8)
            .stdoutEncoding(StandardCharsets.UTF_8)
            .dumb(true)
            .build();
    return new LiveTerminal(terminal, completion, coloured, LONG);
  }

  /// Nobody likes to sit before a screen on which nothing happens.
  private Thread consoleLater() {
    return Thread.ofVirtual()
        .start(
            () -> {
              try {
                Thread.sleep(patience);
                show("Waiting for the server; Ctrl-C ends the chat.");
              } catch (InterruptedException _) {
                // It goes on already.
              }
            });
  }

  private static Completer completer(Completion completion) {
    return (_, typed, candidates) -> {
      List<Completion.Choice> choices = completion.choices(typed.line(), typed.cursor());
      for (Completion.Choice choice : choices) {
        String hint = choice.hint();
        candidates.add(
            new Candidate(
                choice.value(),
                choice.value(),
                null,
                hint.isEmpty() ? null : hint,
                null,
                null,
                choice.whole()));
      }
    };
  }

  @Override
  public void show(AttributedString line) {
    reader.printAbove(coloured ? line : new AttributedString(line.toString()));
  }

  @Override
  public Optional<String> line(AttributedString prompt) {
    String shown = plain(coloured ? prompt.toAnsi(terminal) : prompt.toString());
    return whileTyping(() -> typed(shown));
  }

  private Optional<String> typed(String prompt) {
    while (true) {
      try {
        return Optional.of(reader.readLine(prompt));
      } catch (EndOfFileException _) {
        return Optional.empty();
      } catch (UserInterruptException e) {
        // As in a shell: it takes the line away, and where there is none it ends the program.
        if (e.getPartialLine().isEmpty()) {
          return Optional.empty();
        }
      }
    }
  }

  /// A prompt that stands there as it is: a room's name may hold what JLine takes for a pattern.
  private static String plain(String prompt) {
    return prompt.replace("%", "%%");
  }

  @Override
  public Optional<String> secret(String question) {
    return whileTyping(() -> answered(question));
  }

  private <T> T whileTyping(Supplier<T> typed) {
    consolation.interrupt();
    try {
      return typed.get();
    } finally {
      consolation = consoleLater();
    }
  }

  private Optional<String> answered(String question) {
    try {
      return Optional.of(questions.readLine(plain(question) + " ", (char) 0));
    } catch (EndOfFileException | UserInterruptException _) {
      return Optional.empty();
    }
  }

  @Override
  public boolean isTerminal() {
    return true;
  }

  @Override
  public void close() {
    consolation.interrupt();
    try {
      terminal.close();
    } catch (IOException _) {
      // It is gone already, as when a connection was cut.
    }
  }
}
